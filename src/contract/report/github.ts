/** As GitHub's workflow commands: lines of a job's output that become annotations of the files. */
import { type Severity, sentence, sortFindings, type Violation } from '../violation.ts'

const commands: Readonly<Record<Severity, string | undefined>> = {
  violation: 'error',
  pending: 'warning',
  dataMissing: 'warning',
  // GitHub shows ten of each kind; what nobody must act upon would push others out.
  notVerifiable: undefined,
  notAContract: undefined,
  note: undefined,
}

/** Lines without a break at the end; empty: nothing to tell. */
export const github = (findings: readonly Violation[]): string =>
  sortFindings(findings)
    .flatMap((finding) => {
      const { severity, service, operation, at } = finding
      const command = commands[severity]
      if (command === undefined) return []
      const title = property(`${service}: ${operation}`)
      return [
        `::${command} file=${property(at.file)},line=${at.line},col=${at.column},title=${title}::${data(sentence(finding))}`,
      ]
    })
    .join('\n')

/** What @actions/core escapes in the text of a command. */
const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
