/**
 * Holds a file's value against its zod schema and says every mistake in our own sentences. The one place that
 * knows zod's issues; a message that a schema brings itself is kept as it is.
 */
import type { ZodType } from 'zod'
import { booleanHint } from '../core/boolean-words.ts'
import type { ErrorCode } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import type { YamlDocument } from './document.ts'
import { knownKeys } from './known-keys.ts'
import { nearest } from './nearest.ts'
import { describeValue, kindNames, oneOf, placeName, quoted } from './shape-words.ts'
import type { Path } from './tree.ts'

/** The fields of zod's issues that are used. */
interface Issue {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly expected?: string
  readonly keys?: readonly string[]
  readonly values?: readonly unknown[]
  readonly errors?: readonly (readonly Issue[])[]
  readonly issues?: readonly Issue[]
  readonly minimum?: number | bigint
  readonly maximum?: number | bigint
  readonly origin?: string
  readonly format?: string
  readonly params?: { readonly hint?: string }
}

interface Said {
  readonly path: Path
  readonly onKey: boolean
  readonly message: string
  readonly hint: string | undefined
}

export interface ShapeCheck {
  readonly schema: ZodType
  readonly value: unknown
  readonly document: Pick<YamlDocument, 'locate' | 'has' | 'isFlowMap'>
  /** Where `value` stands in the document. */
  readonly base?: Path
  readonly code: ErrorCode
}

/** What zod is told to say where a schema brings no message of its own. */
const unsaid = '\u0000'

/** Empty when the value fits. Costs one validation; words and places are made only for mistakes. */
export const shapeProblems = (check: ShapeCheck): readonly Problem[] => {
  const result = check.schema.safeParse(check.value, { error: () => unsaid })
  if (result.success) return []
  const issues = result.error.issues as readonly unknown[] as readonly Issue[]
  return issues.flatMap((issue) => new Speaker(check).say(issue, [])).map((said) => toProblem(said, check))
}

const toProblem = (said: Said, check: ShapeCheck): Problem => ({
  severity: 'error',
  code: check.code,
  ...check.document.locate([...(check.base ?? []), ...said.path], said.onKey),
  message: said.message,
  ...(said.hint === undefined ? {} : { hint: said.hint }),
})

class Speaker {
  readonly #check: ShapeCheck

  constructor(check: ShapeCheck) {
    this.#check = check
  }

  say(issue: Issue, above: Path): readonly Said[] {
    const path = [...above, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))]
    const own = issue.message !== unsaid
    if (issue.code === 'unrecognized_keys') {
      return (issue.keys ?? []).map((key) => this.#unknownKey(key, path, own ? issue.message : undefined))
    }
    if (own) return [{ path, onKey: false, message: issue.message, hint: issue.params?.hint }]
    if (issue.code === 'invalid_union') return this.#union(issue, path)
    if (issue.code === 'invalid_key') {
      const inner = issue.issues?.find((one) => one.message !== unsaid)
      return [
        {
          path,
          onKey: true,
          message: inner?.message ?? `the key ${placeName(path)} is not allowed`,
          hint: inner?.params?.hint,
        },
      ]
    }
    return [this.#single(issue, path)]
  }

  #single(issue: Issue, path: Path): Said {
    const value = this.#valueAt(path)
    const name = placeName([...(this.#check.base ?? []), ...path])
    if (value === undefined && this.#missing(path)) {
      return { path, onKey: false, message: `${name} is missing`, hint: `add ${name}: …` }
    }
    const wanted = this.#wanted(issue)
    const message =
      wanted.length === 0
        ? `${name} ${this.#limit(issue) ?? `has a value that does not fit: ${describeValue(value)}`}`
        : `${name} must be ${wanted.length > 1 && issue.values !== undefined ? 'one of ' : ''}${issue.values === undefined ? oneOf(wanted) : wanted.join(', ')}, not ${describeValue(value)}`
    return { path, onKey: false, message, hint: this.#hint([issue], path, value) }
  }

  /** Reports the branch that was meant: one whose kind fits the value; else names all kinds. */
  #union(issue: Issue, path: Path): readonly Said[] {
    const branches = flatten(issue)
    const meant = branches
      .filter((branch) => !branch.some(isWrongKind))
      .sort((a, b) => a.length - b.length)[0]
    if (meant !== undefined) return meant.flatMap((inner) => this.say(inner, path))
    const roots = branches.flatMap((branch) => branch.filter(isWrongKind).slice(0, 1))
    const value = this.#valueAt(path)
    const name = placeName([...(this.#check.base ?? []), ...path])
    if (value === undefined && this.#missing(path)) {
      return [{ path, onKey: false, message: `${name} is missing`, hint: `add ${name}: …` }]
    }
    const own = roots.find((root) => root.message !== unsaid)
    if (own !== undefined) return [{ path, onKey: false, message: own.message, hint: own.params?.hint }]
    const wanted = oneOf(roots.flatMap((root) => this.#wanted(root)))
    const message = `${name} must be ${wanted}, not ${describeValue(value)}`
    return [{ path, onKey: false, message, hint: this.#hint(roots, path, value) }]
  }

  #unknownKey(key: string, path: Path, own: string | undefined): Said {
    const known = knownKeys(this.#check.schema, path)
    const place = placeName([...(this.#check.base ?? []), ...path])
    const near = nearest(key, known)
    const list = known.length > 0 && known.length <= 16 ? `known here: ${known.join(', ')}` : undefined
    const hint =
      key === '<<'
        ? 'YAML merge keys are not read; write the keys out'
        : near === undefined
          ? list
          : `did you mean ${near}?`
    return {
      path: [...path, key],
      onKey: true,
      message: own ?? `unknown key ${quoted(key)} in ${place}`,
      hint,
    }
  }

  #wanted(issue: Issue): readonly string[] {
    if (issue.code === 'invalid_type') return kindNames(issue.expected ?? '')
    if (issue.values !== undefined) return issue.values.map(String)
    return []
  }

  #limit(issue: Issue): string | undefined {
    if (issue.code === 'invalid_format' && issue.format === 'base64') return 'is no base64'
    const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' items' : ''
    if (issue.code === 'too_small') {
      return unit !== '' && Number(issue.minimum) === 1
        ? 'must not be empty'
        : `must be at least ${issue.minimum}${unit}`
    }
    return issue.code === 'too_big' ? `must be at most ${issue.maximum}${unit}` : undefined
  }

  #hint(issues: readonly Issue[], path: Path, value: unknown): string | undefined {
    const expected = new Set(issues.map((issue) => issue.expected))
    const full = [...(this.#check.base ?? []), ...path]
    const boolean = expected.has('boolean') ? booleanHint(value) : undefined
    if (boolean !== undefined) return boolean
    if (expected.has('array') && typeof value === 'string') return `write a list: [${value}]`
    if (expected.has('array') && describeValue(value) === 'a map') return 'begin each entry with a dash: - …'
    if (Array.isArray(value) && (expected.has('object') || expected.has('record')))
      return 'write key: value, without dashes'
    if (
      expected.has('string') &&
      typeof value === 'object' &&
      value !== null &&
      this.#check.document.isFlowMap(full)
    ) {
      const [key, inner] = Object.entries(value)[0] ?? []
      if (key !== undefined && inner === null) return `a { opens a YAML map; quote the text: '{${key}}'`
    }
    if (expected.has('string') && (typeof value === 'number' || typeof value === 'boolean')) {
      return `quote it if it is text: '${value}'`
    }
    if (
      (expected.has('number') || expected.has('int')) &&
      typeof value === 'string' &&
      value !== '' &&
      Number.isFinite(Number(value))
    ) {
      return `remove the quotes: ${value}`
    }
    if (issues.some(({ format }) => format === 'base64'))
      return 'it is A-Z, a-z, 0-9, + and /, filled up with = to a multiple of four; bytes of a file: base64 -w0 <file>'
    const values = issues.flatMap((issue) => issue.values ?? []).map(String)
    const near = typeof value === 'string' ? nearest(value, values) : undefined
    return near === undefined ? undefined : `did you mean ${near}?`
  }

  #missing(path: Path): boolean {
    return !this.#check.document.has([...(this.#check.base ?? []), ...path])
  }

  #valueAt(path: Path): unknown {
    let value = this.#check.value
    for (const step of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
      value = (value as Record<string | number, unknown>)[step]
    }
    return value
  }
}

const isWrongKind = (issue: Issue): boolean =>
  issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value')

/** Branches of a union, with branches that are unions of the same value opened up. */
const flatten = (issue: Issue): readonly (readonly Issue[])[] =>
  (issue.errors ?? []).flatMap((branch) => {
    const [only] = branch
    const nested = branch.length === 1 && only?.code === 'invalid_union' && only.path.length === 0
    return nested && only.message === unsaid ? flatten(only) : [branch]
  })
