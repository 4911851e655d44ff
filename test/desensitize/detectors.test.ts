/** Runs every detector's own samples: adding a detector means writing samples and no test. */
import { describe, expect, it } from 'vitest'
import type { Detector } from '../../src/desensitize/detectors/detector.ts'
import { detectors } from '../../src/desensitize/detectors/index.ts'
import { Draw } from '../../src/desensitize/draw.ts'
import { whole } from '../../src/desensitize/edits.ts'
import { FieldNames } from '../../src/desensitize/field-names.ts'
import { findIn } from '../../src/desensitize/find.ts'
import { rendered } from '../../src/desensitize/hit.ts'
import { leafEdits } from '../../src/desensitize/leaf.ts'
import { FieldRules } from '../../src/desensitize/policy.ts'
import { defaultLimits, type Run, type RunFinding } from '../../src/desensitize/run.ts'
import { traitsOf } from '../../src/desensitize/text/traits.ts'
import { testKey } from './tools.ts'

const key = testKey()
const names = new FieldNames()

/** Sees everything and knows nothing. */
const looking = (findings: RunFinding[]): Run => {
  const run: Run = {
    names,
    rules: new FieldRules([]),
    maskUnknown: false,
    values: undefined,
    limits: defaultLimits,
    runAtLeast: 16,
    leaf: (text, field, where) => leafEdits(text, field, where, run),
    isFake: (detector, canon) => detector.isFake(canon),
    fakesIn: () => {},
    replace: (_detector, _canon, surface) => () => surface,
    unpacked: () => true,
    report: (finding) => findings.push(finding),
    undecodable: () => {},
  }
  return run
}

const foundUnder = (name: string, value: string): RunFinding[] => {
  const findings: RunFinding[] = []
  const run = looking(findings)
  run.leaf(value, { name, meaning: names.of(name), kind: 'text', depth: 0 }, whole('body'))
  return findings
}

const foundIn = (text: string) =>
  findIn(text, traitsOf(text)).filter(({ detector, text: found }) => !detector.isFake(detector.canon(found)))

const marked = (sample: string) => {
  const start = sample.indexOf('⟦')
  const end = sample.indexOf('⟧') - 1
  return { text: sample.replace(/[⟦⟧]/g, ''), start, end }
}

const draw = (detector: Detector, canon: string, attempt = 0): Draw =>
  new Draw(key, detector.type, canon, attempt)

describe.each(detectors.map((detector) => [detector.type, detector] as const))('%s', (type, detector) => {
  const { sensitive, named = [], harmless } = detector.samples

  it('has samples of both kinds', () => {
    expect(sensitive.length + named.length).toBeGreaterThan(0)
    expect(harmless.length).toBeGreaterThan(0)
  })

  it.each(sensitive)('finds %s', (sample) => {
    const { text, start, end } = marked(sample)
    expect(
      foundIn(text).map((found) => ({ type: found.detector.type, start: found.start, end: found.end })),
    ).toEqual([{ type, start, end }])
  })

  it.each(named)('finds under %s: %s', (name, value) => {
    expect(foundUnder(name, value).map((finding) => finding.detector.type)).toEqual([type])
  })

  it.each(harmless)('leaves %s alone', (text) => {
    expect(foundIn(text).map((found) => found.detector.type)).not.toContain(type)
  })

  const values = [
    ...sensitive.map((sample) => sample.slice(sample.indexOf('⟦') + 1, sample.indexOf('⟧'))),
    ...named.map(([, value]) => value),
  ]

  it.each(values)('makes a fake of %s that is another, of the same form, and always the same', (surface) => {
    const canon = detector.canon(surface.normalize('NFKC').replace(/[\u200b-\u200f]/g, ''))
    const fake = detector.fake(canon, draw(detector, canon))
    expect(fake).toBe(detector.fake(canon, draw(detector, canon)))
    expect(fake).not.toBe(canon)
    const shown = rendered(detector, fake, surface)
    expect(shown).not.toBe(surface)
    if (!['email', 'ip', 'masked', 'address', 'birth-date'].includes(type))
      expect(shown.length).toBe(surface.length)
  })
})

it('lists each type once', () => {
  expect(new Set(detectors.map(({ type }) => type)).size).toBe(detectors.length)
})
