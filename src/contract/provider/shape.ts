/**
 * A real reply's JSON held against a mocked one by its shape: types and fields, not values. A consumer may rely on every
 * field that its mock has, and on its type; what the real reply has beyond that breaks nobody.
 */
import { isMoment } from './moment.ts'

export interface ShapeMismatch {
  readonly rule: 'type' | 'missing-property' | 'value' | 'format'
  /** Steps below the body. */
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly expected?: string
  readonly actual?: string
}

/** What could not be compared: an empty list says nothing about its items. */
export interface ShapeResult {
  readonly mismatches: readonly ShapeMismatch[]
  readonly undecided: readonly (readonly (string | number)[])[]
}

export interface ShapeOptions {
  /** Whether a value counts, and not only its type. */
  isExact(path: readonly (string | number)[]): boolean
  /** Texts that a call fills in (`${{ … }}`) say nothing. */
  readonly templated: boolean
}

type Path = readonly (string | number)[]

export const compareShapes = (expected: unknown, actual: unknown, options: ShapeOptions): ShapeResult => {
  const mismatches: ShapeMismatch[] = []
  const undecided: Path[] = []
  const exact = (wanted: unknown, got: unknown, path: Path): void => {
    if (!sameValue(wanted, got))
      mismatches.push({
        rule: 'value',
        path,
        message: 'the value differs',
        expected: shown(wanted),
        actual: shown(got),
      })
  }
  const compare = (wanted: unknown, got: unknown, path: Path): void => {
    if (options.isExact(path)) {
      exact(wanted, got, path)
      return
    }
    // A field that is null in the mock is a field that may be null; nothing more is known of it.
    if (wanted === null || (options.templated && typeof wanted === 'string' && wanted.includes('${{'))) return
    const [type, real] = [typeOf(wanted), typeOf(got)]
    if (type !== real) {
      mismatches.push({
        rule: 'type',
        path,
        message: `it is ${article(real)}`,
        expected: article(type),
        actual: shown(got),
      })
    } else if (Array.isArray(wanted)) items(wanted, got as readonly unknown[], path)
    else if (typeof wanted === 'object') fields(wanted as Fields, got as Fields, path)
    else if (typeof wanted === 'string' && isMoment(wanted) && !isMoment(got as string)) {
      mismatches.push({
        rule: 'format',
        path,
        message: 'it is no time any more',
        expected: shown(wanted),
        actual: shown(got),
      })
    }
  }
  const fields = (wanted: Fields, got: Fields, path: Path): void => {
    for (const [key, value] of Object.entries(wanted)) {
      if (Object.hasOwn(got, key)) compare(value, got[key], [...path, key])
      else
        mismatches.push({
          rule: 'missing-property',
          path: [...path, key],
          message: 'the real reply does not have it',
          expected: shown(value),
        })
    }
  }
  const items = (wanted: readonly unknown[], got: readonly unknown[], path: Path): void => {
    if (wanted.length === 0) return
    if (got.length === 0) {
      undecided.push(path)
      return
    }
    const samples = wanted.map((item) => () => item)
    got.forEach((item, i) => {
      // Which of the mock's items it is like nobody says: it must be like one of them.
      const tries = samples.map((sample) => compareShapes(sample(), item, below(options, [...path, i])))
      const best = tries.reduce((a, b) => (b.mismatches.length < a.mismatches.length ? b : a))
      for (const one of best.mismatches) mismatches.push({ ...one, path: [...path, i, ...one.path] })
      for (const one of best.undecided) undecided.push([...path, i, ...one])
    })
  }
  compare(expected, actual, [])
  return { mismatches, undecided }
}

type Fields = Readonly<Record<string, unknown>>

const below = (options: ShapeOptions, path: Path): ShapeOptions => ({
  templated: options.templated,
  isExact: (rest) => options.isExact([...path, ...rest]),
})

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  return typeof value === 'bigint' ? 'number' : typeof value
}

const article = (type: string): string =>
  type === 'null' ? 'null' : type === 'object' ? 'an object' : `a ${type}`

const sameValue = (a: unknown, b: unknown): boolean => {
  if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) {
    if (Array.isArray(a) !== Array.isArray(b)) return false
    const [left, right] = [a as Fields, b as Fields]
    const keys = Object.keys(left)
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && sameValue(left[key], right[key]))
    )
  }
  return a === b || (typeOf(a) === 'number' && typeOf(b) === 'number' && String(a) === String(b))
}

/** As JSON, short. */
export const shown = (value: unknown): string => {
  const text =
    JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? Number(part) : part)) ??
    'nothing'
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
