/**
 * Two documents field by field. Whether the interface has changed, or only what the service knows, is told by all items of
 * a list together: a field that one item lost and others still have is data.
 */
import { type Fields, isFields } from '../../core/fields.ts'
import { sameScalar, stringifyJson } from '../../core/json.ts'
import { align } from './align.ts'
import type { Change, IsVolatile, Path } from './change.ts'
import { type Place, type Shapes, shapesOf, type Type, typeOf } from './shapes.ts'

export interface CompareOptions {
  readonly isVolatile: IsVolatile
  /** A field that is not there has the default of its type: that it appears or goes says nothing of the interface. */
  readonly absentIsDefault?: boolean
}

/** `root`: the path of both. */
export const compareDocuments = (
  before: unknown,
  after: unknown,
  root: Path,
  options: CompareOptions,
): readonly Change[] => {
  const shape = new ShapeChanges(shapesOf(before, root), shapesOf(after, root), options)
  const values = new ValueChanges(options)
  values.compare(before, after, root, root, '')
  return [...shape.all(), ...values.found.filter((change) => !shape.tells(change))]
}

/** What differs in the values, item by item. */
class ValueChanges {
  readonly found: Change[] = []
  readonly #options: CompareOptions

  constructor(options: CompareOptions) {
    this.#options = options
  }

  /** `name`: of the field in which both stand. */
  compare(before: unknown, after: unknown, was: Path, path: Path, name: string): void {
    if (Array.isArray(before) && Array.isArray(after)) this.#lists(before, after, was, path, name)
    else if (isFields(before) && isFields(after)) this.#fields(before, after, was, path)
    else if (!this.#same(before, after, name))
      this.found.push({ kind: kindOf(before, after), path, was, before, after, shape: false })
  }

  #same(before: unknown, after: unknown, name: string): boolean {
    return sameScalar(before, after) || this.#options.isVolatile(name, before, after)
  }

  #fields(before: Fields, after: Fields, was: Path, path: Path): void {
    for (const [name, value] of Object.entries(before))
      if (Object.hasOwn(after, name)) this.compare(value, after[name], [...was, name], [...path, name], name)
      else this.#gone(value, [...was, name], path)
    for (const [name, value] of Object.entries(after))
      if (!Object.hasOwn(before, name)) this.#fresh(value, was, [...path, name])
  }

  #lists(before: readonly unknown[], after: readonly unknown[], was: Path, path: Path, name: string): void {
    for (const [i, j] of align(before, after, (item) => this.#settled(item, name)))
      if (i === undefined) this.#fresh(after[j!], was, [...path, j!])
      else if (j === undefined) this.#gone(before[i], [...was, i], path)
      else this.compare(before[i], after[j], [...was, i], [...path, j], name)
  }

  #gone(before: unknown, was: Path, inside: Path): void {
    this.found.push({ kind: 'removed', path: [...inside, was.at(-1)!], was, before, shape: false })
  }

  #fresh(after: unknown, was: Path, path: Path): void {
    this.found.push({ kind: 'added', path, was, after, shape: false })
  }

  #settled(item: unknown, name: string): string {
    const settled = (value: unknown, field: string): unknown => {
      if (Array.isArray(value)) return value.map((one) => settled(one, field))
      if (isFields(value))
        return Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((key) => [key, settled(value[key], key)]),
        )
      return this.#options.isVolatile(field, value, value) ? null : value
    }
    return stringifyJson(settled(item, name))
  }
}

const kindOf = (before: unknown, after: unknown): Change['kind'] => {
  const [type, now] = [typeOf(before), typeOf(after)]
  if (textual(type) === textual(now)) return type === 'time' && now === 'string' ? 'format' : 'value'
  return 'type'
}

/** A time is a text that looks like one. */
const textual = (type: Type): Type => (type === 'time' ? 'string' : type)

/** What differs in the interface, once for all items of a list. */
class ShapeChanges {
  readonly #before: Shapes
  readonly #after: Shapes
  readonly #absentIsDefault: boolean
  readonly #told = new Set<string>()

  constructor(before: Shapes, after: Shapes, { absentIsDefault = false }: CompareOptions) {
    this.#before = before
    this.#after = after
    this.#absentIsDefault = absentIsDefault
  }

  /** Whether a change of values is one of the interface that was told already. */
  tells({ kind, path, was }: Change): boolean {
    const key = kind === 'removed' ? this.#before.keyOf(was) : this.#after.keyOf(path)
    return this.#told.has(idOf(kind, key))
  }

  *all(): Generator<Change> {
    for (const [key, place] of this.#before.places) {
      yield* this.#removed(key, place)
      yield* this.#retyped(key, place)
    }
    for (const [key, place] of this.#after.places) yield* this.#added(key, place)
  }

  *#removed(key: string, place: Place): Generator<Change> {
    const [holder, now] = [this.#before, this.#after].map(({ places }) => places.get(place.parent ?? ''))
    if (place.isItem || holder === undefined || now === undefined || this.#isDefault(place)) return
    const missing = now.objects - (this.#after.places.get(key)?.count ?? 0)
    // What was not always there is missed by nobody.
    if (missing === 0 || place.count < holder.objects) return
    const { path, value } = place.first
    yield this.#change('removed', key, missing, { path, was: path, before: value })
  }

  *#added(key: string, place: Place): Generator<Change> {
    const holder = this.#before.places.get(place.parent ?? '')
    if (this.#before.places.has(key) || place.isItem || this.#isDefault(place)) return
    if (holder === undefined || holder.objects === 0) return
    const { path, value } = place.first
    yield this.#change('added', key, place.count, {
      path,
      was: holder.types.get('object')!.path,
      after: value,
    })
  }

  *#retyped(key: string, { types, first }: Place): Generator<Change> {
    const now = this.#after.places.get(key)
    const fresh = [...(now?.types ?? [])].find(([type]) => isNews(type, types))
    if (fresh === undefined) return
    const [type, { path, value }] = fresh
    const kind = type === 'string' && types.has('time') ? 'format' : 'type'
    yield this.#change(kind, key, now!.count, { path, was: first.path, before: first.value, after: value })
  }

  #isDefault({ types }: Place): boolean {
    return this.#absentIsDefault && !types.has('object')
  }

  #change(
    kind: Change['kind'],
    key: string,
    count: number,
    rest: Omit<Change, 'kind' | 'shape' | 'times'>,
  ): Change {
    this.#told.add(idOf(kind, key))
    const several = count > 1 && rest.path.some((step) => typeof step === 'number')
    return { kind, shape: true, ...(several && { times: count }), ...rest }
  }
}

const idOf = (kind: Change['kind'], key: string): string => `${kind === 'format' ? 'type' : kind} ${key}`

/** A type that no item had. Of a field that was null, or of a list that was empty, nothing was known. */
const isNews = (type: Type, before: ReadonlyMap<Type, unknown>): boolean => {
  if (before.has(type) || (type === 'time' && before.has('string'))) return false
  if (type === 'string' && before.has('time')) return true
  return [...before.keys()].some((one) => one !== 'null')
}
