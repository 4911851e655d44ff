/** Runs every operator's own samples: adding an operator means writing samples and no test. */
import { describe, expect, it } from 'vitest'
import { SpecError } from '../../src/core/matcher.ts'
import { operators } from '../../src/matchers/index.ts'
import type { Operator, Sample } from '../../src/matchers/operator.ts'
import { compile, sampleValue } from './tools.ts'

const title = ({ position, spec, value }: Sample): string =>
  `${position}: ${words(spec)} on ${value === undefined ? 'nothing' : words(value)}`

const words = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))

const positionsOf = (operator: Operator): readonly string[] => {
  if (operator.kind === 'value') return operator.positions
  return operator.kind === 'body' ? ['body'] : ['text', 'json', 'body']
}

describe.each(operators)('$name', (operator) => {
  const { match, noMatch, wrong } = operator.samples

  it('has samples of all kinds', () => {
    expect(match).not.toEqual([])
    expect(noMatch).not.toEqual([])
    expect(wrong).not.toEqual([])
    const seen = new Set([...match, ...noMatch].map(({ position }) => position))
    expect([...seen].filter((position) => !positionsOf(operator).includes(position))).toEqual([])
    const withName = [...match, ...noMatch].filter(({ spec }) => words(spec).includes(`"${operator.name}"`))
    expect(withName.length).toBe(match.length + noMatch.length)
  })

  it.each(match.map((sample) => [title(sample), sample] as const))('matches %s', (_title, sample) => {
    expect(compile(sample).test(sampleValue(sample))).toBe(true)
  })

  it.each(noMatch.map((sample) => [title(sample), sample] as const))(
    'does not match %s',
    (_title, sample) => {
      const condition = compile(sample)
      expect(condition.test(sampleValue(sample))).toBe(false)
      const mismatch = condition.mismatch(sampleValue(sample))
      expect(mismatch?.expected).toBeTruthy()
      expect(mismatch?.actual).toBeTruthy()
      expect(condition.describe()).not.toBe('')
      expect(condition.clauses).toBeGreaterThan(0)
    },
  )

  it.each(wrong.map((sample) => [words(sample.spec), sample] as const))('refuses %s', (_title, sample) => {
    expect(() => compile(sample)).toThrow(SpecError)
  })
})

it('lists each operator once', () => {
  const names = operators.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
