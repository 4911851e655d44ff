/** What `scan` found: a line each, never the value itself. */
import type { Finding, ScanView } from '../app/scan/scan.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Output } from './output.ts'

const shownAtMost = 200

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

export const printScan = (out: Output, view: ScanView): void => {
  const { files, findings, unreadable, excepted, notes, problems } = view
  const looked = count(files, 'file')
  for (const note of notes) out.log(out.errorStyle.yellow(note))
  const [first] = problems
  if (first !== undefined) {
    const code = problems.some((problem) => problem.code === 'POLICY_INVALID')
      ? 'POLICY_INVALID'
      : 'LEDGER_INVALID'
    if (findings.length > 0 && !out.json) out.warn(lines(findings, out))
    throw new SvcMockError(code, `${count(problems.length, 'mistake')} in ${first.at.file}`, {
      details: { ...view, problems },
    })
  }
  const details = { ...view, problems: undefined }
  if (findings.length > 0) {
    if (!out.json) out.warn(lines([...findings, ...unreadable], out))
    const more =
      unreadable.length > 0 ? `, and ${count(unreadable.length, 'place')} could not be decoded` : ''
    throw new SvcMockError('SCAN_FOUND', `${count(findings.length, 'sensitive value')} in ${looked}${more}`, {
      details,
    })
  }
  if (unreadable.length > 0) {
    if (!out.json) out.warn(lines(unreadable, out))
    throw new SvcMockError(
      'SCAN_UNREADABLE',
      `${count(unreadable.length, 'place')} in ${looked} could not be decoded`,
      { details },
    )
  }
  out.document({ files, bytes: view.bytes, findings, unreadable, excepted, notes })
  const passed = excepted > 0 ? `, ${excepted} let pass by exceptions` : ''
  out.print(`${out.style.green('clean:')} ${looked}${passed}`)
}

const lines = (findings: readonly Finding[], out: Output): string => {
  const { errorStyle: style } = out
  const all = [...findings].slice(0, shownAtMost).map(({ file, line, column, title, path, type, rule }) => {
    const place = style.bold(`${printable(file)}:${line}:${column}`)
    return `${place}  ${printable(title)}${path === '' ? '' : ` at ${printable(path)}`} ${style.dim(`${type}, by ${rule}`)}`
  })
  if (findings.length > shownAtMost) all.push(style.dim(`… and ${findings.length - shownAtMost} more`))
  return all.join('\n')
}

const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
