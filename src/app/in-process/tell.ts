/** A call that nothing could answer, in words: for stderr, and for the failure of a test. */
import type { SeenCall } from './public.ts'

export const tellUnmatched = (call: SeenCall): string => {
  const { problem, method, url } = call
  const lines = [`svc-mock: ${method} ${url} → ${call.status} ${problem?.code ?? ''}`.trimEnd()]
  if (problem !== undefined && problem.nearest.length === 0) lines.push(`  ${problem.message}`)
  if (problem !== undefined && problem.nearest.length > 0) lines.push('  nearest mocks:')
  for (const { mock, at, failed } of problem?.nearest ?? []) {
    lines.push(`    ${mock}  (${at})`)
    for (const { clause, expected, actual } of failed)
      lines.push(`      ${clause}: expected ${expected}, got ${actual}`)
  }
  if (problem !== undefined) lines.push(`  hint: ${problem.hint}`)
  return lines.map(printable).join('\n')
}

/** One line a call. */
export const tellCall = ({ method, url, status, mock, outcome }: SeenCall): string =>
  printable(
    `${method} ${url} → ${status === 0 ? 'no answer' : status} (${mock === undefined ? outcome : mock.name})`,
  )

/** What a client sent must not steer a terminal. */
const printable = (text: string): string => text.replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '�')
