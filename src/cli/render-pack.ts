/** What `pack` and `publish` tell: the files of a package, its services, what it is called; or everything that keeps it from being made. */
import type { PackedPackage, PackRefusal } from '../app/packages/pack.ts'
import { SvcMockError } from '../core/errors.ts'
import { printContractReport } from './contract-report.ts'
import type { Output } from './output.ts'
import { printCheck } from './render-check.ts'
import { renderProblems } from './render-problems.ts'
import { printScan } from './render-scan.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

const leftAtMost = 5

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

const sizeOf = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1024 ** 2
      ? `${(bytes / 1024).toFixed(1)} kB`
      : `${(bytes / 1024 ** 2).toFixed(1)} MB`

/** Ends with the error that `check`, `scan` or `verify --spec` would end with. */
export const refusePack = (out: Output, refusal: PackRefusal, version: string): never => {
  out.warn(out.errorStyle.red('not packed:'))
  if (refusal.kind === 'check') printCheck(out, refusal.view, false)
  else if (refusal.kind === 'scan') printScan(out, refusal.view)
  else {
    if (!out.json) printContractReport(out, refusal.report, { flags: {}, version, env: {} })
    throw new SvcMockError('PACK_REFUSED', 'the mocks do not keep the contracts that svc-mock.yaml names', {
      details: { ...refusal.report },
    })
  }
  throw new SvcMockError('INVARIANT_BROKEN', 'what kept the workspace from being packed was not told')
}

/** For --json: without the bytes. */
export const packDocument = (
  { kind: _, tarball, warnings, ...packed }: PackedPackage,
  file: string | undefined,
) => ({
  ...packed,
  file,
  bytes: tarball.length,
  warnings,
})

/** `end`: what became of the tarball. */
export const renderPacked = (packed: PackedPackage, end: string, style: Style, width: number): string => {
  const { name, version, files, manifest, integrity, tarball, left, warnings } = packed
  const table = renderTable(
    ['file', 'size'],
    files.map(({ path, bytes }) => [path, sizeOf(bytes)]),
    { style, width },
  )
  const services = Object.entries(manifest.services).map(([service, { protocol, versions, mocks, spec }]) => {
    const shown = versions.length === 0 ? 'no version' : versions.join(', ')
    const held = spec === undefined ? '' : `, held against ${spec.file}`
    return `  ${style.bold(service)} ${shown}  ${style.dim(`${protocol}, ${count(mocks, 'mock')}${held}`)}`
  })
  const more = left.length > leftAtMost ? ` and ${left.length - leftAtMost} more` : ''
  return [
    ...(warnings.length > 0 ? [renderProblems(warnings, style)] : []),
    table,
    '',
    'services:',
    ...services,
    '',
    ...(left.length > 0
      ? [style.dim(`left out, no mock names them: ${left.slice(0, leftAtMost).join(', ')}${more}`)]
      : []),
    `${style.green(`${name} ${version}`)}  ${count(files.length, 'file')}, ${sizeOf(tarball.length)}, ${style.dim(integrity)}`,
    end,
  ].join('\n')
}
