/** Calls that no mock takes, and what is told of them. */
import type { EngineAnswer } from '../../engine/exchange.ts'

export type Miss = Extract<EngineAnswer, { readonly kind: 'miss' }>

interface NearMock {
  readonly mock: string
  readonly at: string
  readonly version?: string
  readonly failed: readonly { readonly clause: string; readonly expected: string; readonly actual: string }[]
}

/** In words: `[svc-mock] GET http://… : no mock of orders matches`, then the nearest mocks and why they did not. */
export const tellMiss = ({ problem }: Miss, method: string, url: string): string => {
  const nearest = (problem['nearest'] ?? []) as readonly NearMock[]
  const lines = [`[svc-mock] ${method} ${url}: ${problem.title}`]
  if (nearest.length > 0) lines.push('  nearest mocks:')
  for (const { mock, at, version, failed } of nearest) {
    lines.push(`    ${mock}${version === undefined ? '' : ` (${version})`}  ${at}`)
    for (const { clause, expected, actual } of failed)
      lines.push(`      ${clause}: expected ${expected}, got ${actual}`)
  }
  if (problem.hint !== undefined) lines.push(`  hint: ${problem.hint}`)
  const smallest = problem['smallestMock']
  if (typeof smallest === 'string')
    lines.push(
      ...smallest
        .trimEnd()
        .split('\n')
        .map((line) => `    ${line}`),
    )
  return lines.join('\n').replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '\ufffd')
}
