/** A value that was found: left alone if it is made up, else remembered, reported and given its fake. */
import type { Detector } from './detectors/detector.ts'
import type { Edit, Where } from './edits.ts'
import type { Rule, Run } from './run.ts'
import { signForSign } from './text/sign-for-sign.ts'

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

/** `fake`, written as `surface` is. */
export const rendered = (detector: Detector, fake: string, surface: string): string =>
  detector.render === undefined ? signForSign(fake, surface) : detector.render(fake, surface)
