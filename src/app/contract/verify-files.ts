/** Files beside a verification: real values for fakes, which must not be committed, and the violations that are known. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import {
  againstBaseline,
  baselineKey,
  parseBaseline,
  renderBaseline,
} from '../../contract/provider/baseline.ts'
import type { ContractReport } from '../../contract/violation.ts'
import { SvcMockError } from '../../core/errors.ts'
import { parseDocument } from '../../yaml/document.ts'

/** `'19999221774': '13800138000'`: YAML or JSON. Throws FLAG_INVALID. */
export const readValues = (path: string, cwd: string, root: string): ReadonlyMap<string, string> => {
  const file = resolve(cwd, path)
  const below = relative(root, file)
  if (!below.startsWith('..'))
    throw new SvcMockError(
      'FLAG_INVALID',
      `--values ${path} is inside the workspace, where it may be committed`,
      {
        hint: 'real values belong outside of it',
      },
    )
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new SvcMockError('FLAG_INVALID', `--values ${path} cannot be read: ${(error as Error).message}`)
  }
  const { value, problems } = parseDocument(text, path)
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined
  const wrong = entries?.find(([, real]) => typeof real === 'object')
  // What stands in the file is not shown.
  if (entries === undefined || problems.length > 0 || wrong !== undefined)
    throw new SvcMockError('FLAG_INVALID', `--values ${path} is no map of fakes to real values`, {
      hint: "write lines such as '19999221774': '<the real number>'",
    })
  return new Map(entries.map(([fake, real]) => [fake, String(real)]))
}

/** Known violations become notes. Without a file they are all written, once; later the file only loses what is fixed. */
export const withBaseline = <Report extends ContractReport>(
  report: Report,
  path: string,
  complete: boolean,
): Report => {
  if (!existsSync(path)) {
    const keys = new Set(report.findings.filter(({ severity }) => severity === 'violation').map(baselineKey))
    write(path, keys)
    return { ...report, findings: againstBaseline(report.findings, keys, complete).findings }
  }
  const known = parseBaseline(readFileSync(path, 'utf8'))
  const { findings, left } = againstBaseline(report.findings, known, complete)
  if (left.size < known.size) write(path, left)
  return { ...report, findings }
}

const write = (path: string, keys: ReadonlySet<string>): void => {
  try {
    writeFileSync(path, renderBaseline(keys))
  } catch (error) {
    throw new SvcMockError(
      'FLAG_INVALID',
      `--baseline ${path} cannot be written: ${(error as Error).message}`,
    )
  }
}
