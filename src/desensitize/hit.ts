/** A value that was found: left alone if it is made up, else remembered, reported and given its fake. */
import type { Detector } from './detectors/detector.ts'
import type { Edit, Where } from './edits.ts'
import type { Rule, Run } from './run.ts'
import { plainForm } from './text/normal-text.ts'

export interface Hit {
  readonly detector: Detector
  readonly rule: Rule
  /** In the text of the leaf. */
  readonly start: number
  readonly end: number
  readonly surface: string
  /** The normal form of `surface`. */
  readonly text: string
}

/** undefined where the value is made up already. */
export const editFor = (run: Run, where: Where, hit: Hit): Edit | undefined => {
  const { detector, surface } = hit
  const canon = detector.canon(hit.text)
  if (canon === '' || run.isFake(detector, canon)) return undefined
  const fake = run.replace(detector, canon, surface)
  run.report({ detector, rule: hit.rule, path: where.path(), offset: where.offset(hit.start), fake })
  return { start: hit.start, end: hit.end, text: fake }
}

/** `fake`, written as `surface` is: its separators, width and case, and what stands before it (`+86`). */
export const rendered = (detector: Detector, fake: string, surface: string): string => {
  if (detector.render !== undefined) return detector.render(fake, surface)
  const units = [...surface]
  const places: number[] = []
  units.forEach((char, at) => {
    if (/[0-9A-Za-z]/.test(plainForm(char.codePointAt(0)!))) places.push(at)
  })
  if (places.length < fake.length) return fake
  const lower = /[a-z]/.test(surface) && !/[A-Z]/.test(surface)
  for (let i = 0; i < fake.length; i++) {
    const at = places[places.length - fake.length + i]!
    const wide = units[at]!.codePointAt(0)! > 0xff00
    const char = lower ? fake[i]!.toLowerCase() : fake[i]!
    units[at] = wide ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : char
  }
  return units.join('')
}
