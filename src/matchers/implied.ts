/**
 * What follows from known values: whether a condition must hold, because another one has settled the value. For
 * telling which mocks can never answer, so it may miss something and never claims too much.
 */
import { indexText } from '../core/json.ts'
import type { Equality, Scalar } from '../core/matcher.ts'

/** `holds` is true for each value that the place itself may have. */
export const byValue = (known: readonly Equality[], holds: (value: Scalar) => boolean): boolean =>
  known.some(({ path, values }) => path.length === 0 && values.length > 0 && values.every(holds))

/**
 * The same for all values under one name, of which one is known and others may stand beside it: enough for a
 * condition that one value can satisfy.
 */
export const byText = (known: readonly Equality[], test: (values: readonly string[]) => boolean): boolean =>
  byValue(known, (value) => test([indexText(value)]))

/** What is known one step further down. */
export const knownAt = (known: readonly Equality[], step: string): readonly Equality[] =>
  known.flatMap(({ path, values }) => (path[0] === step ? [{ path: path.slice(1), values }] : []))
