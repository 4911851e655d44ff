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
export interface ShapeUndecided {
  readonly rule: 'empty-list' | 'unset-field'
  readonly path: readonly (string | number)[]
  readonly message: string
}

export interface ShapeResult {
  readonly mismatches: readonly ShapeMismatch[]
  readonly undecided: readonly ShapeUndecided[]
}

export interface ShapeOptions {
  /** Whether a value counts, and not only its type. */
  isExact(path: readonly (string | number)[]): boolean
  /** Texts that a call fills in (`${{ … }}`) say nothing. */
  readonly templated: boolean
  /** An object whose keys are data: its values are compared as items are. */
  isMap?(path: readonly (string | number)[]): boolean
  /** A value that stands there also when nothing was sent, so that it may be missing or not. */
  isUnset?(path: readonly (string | number)[], value: unknown): boolean
}

type Path = readonly (string | number)[]

export const compareShapes = (expected: unknown, actual: unknown, options: ShapeOptions): ShapeResult => {
  const mismatches: ShapeMismatch[] = []
  const undecided: ShapeUndecided[] = []
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
    } else if (Array.isArray(wanted)) items(wanted, [...(got as readonly unknown[]).entries()], path)
    else if (typeof wanted === 'object') {
      if (options.isMap?.(path) === true) items(Object.values(wanted), Object.entries(got as Fields), path)
      else fields(wanted as Fields, got as Fields, path)
    } else if (options.isUnset?.(path, got) === true && !options.isUnset(path, wanted)) {
      undecided.push({
        rule: 'unset-field',
        path,
        message: 'it is not in the real reply, or has its default; nobody can tell',
      })
    } else if (typeof wanted === 'string' && isMoment(wanted) && !isMoment(got as string)) {
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
  const items = (
    wanted: readonly unknown[],
    got: readonly (readonly [string | number, unknown])[],
    path: Path,
  ): void => {
    if (wanted.length === 0) return
    if (got.length === 0) {
      undecided.push({
        rule: 'empty-list',
        path,
        message: 'the real list is empty, which says nothing about its items',
      })
      return
    }
    for (const [key, item] of got) {
      // Which of the mock's items it is like nobody says: it must be like one of them.
      const at = [...path, key]
      const best = likest(wanted.map((sample) => compareShapes(sample, item, below(options, at))))
      for (const one of best.mismatches) mismatches.push({ ...one, path: [...at, ...one.path] })
      for (const one of best.undecided) undecided.push({ ...one, path: [...at, ...one.path] })
    }
  }
  compare(expected, actual, [])
  return { mismatches, undecided }
}

type Fields = Readonly<Record<string, unknown>>

const below = (options: ShapeOptions, path: Path): ShapeOptions => ({
  templated: options.templated,
  isExact: (rest) => options.isExact([...path, ...rest]),
  isMap: (rest) => options.isMap?.([...path, ...rest]) === true,
  isUnset: (rest, value) => options.isUnset?.([...path, ...rest], value) === true,
})

/** The one with the fewest mismatches, and of those the one that leaves the least open. */
export const likest = <Result extends ShapeResult>(tries: readonly Result[]): Result =>
  tries.reduce((a, b) => {
    const fewer = b.mismatches.length - a.mismatches.length
    return fewer < 0 || (fewer === 0 && b.undecided.length < a.undecided.length) ? b : a
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
