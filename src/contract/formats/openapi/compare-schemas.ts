/** Two schemas: what a value of a call may no longer be, and what a value of an answer may newly be. */

import { isFields } from '../../../core/fields.ts'
import { shown } from '../../../core/secrets.ts'
import type { Change } from '../../change.ts'
import type { SchemaDialect } from './dialect.ts'
import { child, children, items, refOf, type SpecFiles, type SpecNode } from './document.ts'

export interface SchemaSide {
  readonly node: SpecNode
  readonly files: SpecFiles
  readonly dialect: SchemaDialect
}

export interface SchemaChange extends Pick<Change, 'kind' | 'rule' | 'message' | 'expected' | 'actual'> {
  /** Below the schema: `.items[].sku`. */
  readonly path: string
  readonly node: SpecNode
  readonly before: SpecNode | undefined
}

export const compareSchemas = (
  was: SchemaSide,
  now: SchemaSide,
  direction: 'request' | 'response',
): readonly SchemaChange[] => {
  const comparison = new SchemaComparison(direction)
  comparison.compare(was, now, '')
  return comparison.changes
}

/** A schema with what its `allOf` adds. */
interface View {
  readonly node: SpecNode
  readonly own: Readonly<Record<string, unknown>>
  readonly types: readonly string[]
  readonly nullable: boolean
  readonly properties: ReadonlyMap<string, SpecNode>
  readonly required: ReadonlySet<string>
  readonly items: SpecNode | undefined
  readonly alternatives: ReadonlyMap<string, SpecNode>
}

/** Upper bounds; a smaller one is narrower. */
const upper = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']
const lower = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']

class SchemaComparison {
  readonly changes: SchemaChange[] = []
  readonly #direction: 'request' | 'response'
  readonly #done = new Set<string>()

  constructor(direction: 'request' | 'response') {
    this.#direction = direction
  }

  compare(was: SchemaSide, now: SchemaSide, path: string): void {
    const key = [was.node, now.node].map(({ file, pointer }) => `${file.id}#${pointer.join('/')}`).join(' ')
    // Schemas that hold themselves are looked at once.
    if (this.#done.has(key)) return
    this.#done.add(key)
    const a = viewOf(was)
    const b = viewOf(now)
    if (a === undefined || b === undefined) return
    if (this.#types(a, b, path)) return
    this.#values(a, b, path)
    this.#bounds(a, b, path)
    this.#properties(a, b, path, was, now)
    this.#alternatives(a, b, path, was, now)
    this.#others(a, b, path, was, now)
    if (a.items !== undefined && b.items !== undefined)
      this.compare({ ...was, node: a.items }, { ...now, node: b.items }, `${path}[]`)
  }

  /** `narrower`: fewer values are allowed than before. */
  #add(
    narrower: boolean,
    rule: string,
    path: string,
    message: string,
    a: View,
    b: View,
    words: object = {},
  ): void {
    const breaking = narrower === (this.#direction === 'request')
    this.changes.push({
      kind: breaking ? 'breaking' : 'added',
      rule,
      path,
      message,
      node: b.node,
      before: a.node,
      ...words,
    })
  }

  /** True: they have nothing in common, and nothing else need be said. */
  #types(a: View, b: View, path: string): boolean {
    if (a.nullable !== b.nullable)
      this.#add(
        a.nullable,
        'nullable',
        path,
        b.nullable ? 'it may be null now' : 'it may not be null any more',
        a,
        b,
      )
    if (a.types.length === 0 || b.types.length === 0) {
      if (a.types.length !== b.types.length)
        this.#add(
          a.types.length === 0,
          'type',
          path,
          a.types.length === 0 ? 'it has a type now' : 'it may have any type now',
          a,
          b,
        )
      return false
    }
    const wider = b.types.filter((type) => !holds(a.types, type))
    const gone = a.types.filter((type) => !holds(b.types, type))
    const words = { expected: a.types.join(' or '), actual: b.types.join(' or ') }
    if (wider.length > 0 && gone.length > 0) {
      this.changes.push({
        kind: 'breaking',
        rule: 'type',
        path,
        message: 'it has another type',
        node: b.node,
        before: a.node,
        ...words,
      })
      return true
    }
    if (wider.length > 0 || gone.length > 0)
      this.#add(
        gone.length > 0,
        'type',
        path,
        gone.length > 0 ? 'it may have fewer types' : 'it may have more types',
        a,
        b,
        words,
      )
    return false
  }

  #values(a: View, b: View, path: string): void {
    const was = a.own['enum']
    const now = b.own['enum']
    if (!Array.isArray(now)) {
      if (Array.isArray(was)) this.#add(false, 'enum', path, 'it may have any value now', a, b)
    } else if (!Array.isArray(was))
      this.#add(true, 'enum', path, 'it may have only certain values now', a, b, { actual: shown(now) })
    else {
      const text = (value: unknown): string => JSON.stringify(value)
      const gone = was.filter((one) => !now.some((other) => text(one) === text(other)))
      const more = now.filter((one) => !was.some((other) => text(one) === text(other)))
      if (gone.length > 0)
        this.#add(
          true,
          'enum-value-removed',
          path,
          `it may not be ${gone.map(text).join(', ')} any more`,
          a,
          b,
        )
      if (more.length > 0)
        this.#add(false, 'enum-value-added', path, `it may be ${more.map(text).join(', ')} now`, a, b)
    }
    for (const key of ['format', 'pattern', 'const'])
      if (
        JSON.stringify(a.own[key]) !== JSON.stringify(b.own[key]) &&
        (key !== 'const' || a.own[key] !== undefined || b.own[key] !== undefined)
      )
        this.#add(b.own[key] !== undefined, key, path, `it has another ${key}`, a, b, {
          expected: shown(a.own[key]),
          actual: shown(b.own[key]),
        })
  }

  #bounds(a: View, b: View, path: string): void {
    for (const key of [...upper, ...lower]) {
      const was = numberOf(a.own[key], upper.includes(key))
      const now = numberOf(b.own[key], upper.includes(key))
      if (was === undefined || now === undefined || was === now) continue
      const narrower = upper.includes(key) ? now < was : now > was
      this.#add(narrower, kebab(key), path, `its ${key} changed`, a, b, {
        expected: shown(a.own[key]),
        actual: shown(b.own[key]),
      })
    }
  }

  #properties(a: View, b: View, path: string, was: SchemaSide, now: SchemaSide): void {
    const isRequest = this.#direction === 'request'
    for (const [name, node] of a.properties) {
      const next = b.properties.get(name)
      const place = `${path}.${name}`
      if (next === undefined) {
        this.changes.push({
          kind: isRequest ? 'added' : 'breaking',
          rule: 'property-removed',
          path: place,
          message: isRequest ? 'it is not known any more' : 'it is gone',
          node: b.node,
          before: node,
        })
        continue
      }
      this.#required(name, place, a, b, next, node)
      this.compare({ ...was, node }, { ...now, node: next }, place)
    }
    for (const [name, node] of b.properties) {
      if (a.properties.has(name)) continue
      const required = b.required.has(name)
      this.changes.push({
        kind: isRequest && required ? 'breaking' : 'added',
        rule: isRequest && required ? 'required-property-added' : 'property-added',
        path: `${path}.${name}`,
        message: isRequest && required ? 'it is new and required' : 'it is new',
        node,
        before: a.node,
      })
    }
  }

  #required(name: string, path: string, a: View, b: View, node: SpecNode, before: SpecNode): void {
    if (a.required.has(name) === b.required.has(name)) return
    const narrower = b.required.has(name)
    const breaking = narrower === (this.#direction === 'request')
    this.changes.push({
      kind: breaking ? 'breaking' : 'added',
      rule: narrower ? 'property-required' : 'property-optional',
      path,
      message: narrower ? 'it is required now' : 'it may be missing now',
      node,
      before,
    })
  }

  /** By the names of what they refer to, else by their position. */
  #alternatives(a: View, b: View, path: string, was: SchemaSide, now: SchemaSide): void {
    for (const [name, node] of a.alternatives) {
      const next = b.alternatives.get(name)
      if (next !== undefined) this.compare({ ...was, node }, { ...now, node: next }, path)
      else if (b.alternatives.size > 0)
        this.#add(true, 'alternative-removed', path, `it may not be ${name} any more`, { ...a, node }, b)
    }
    for (const name of b.alternatives.keys())
      if (!a.alternatives.has(name) && a.alternatives.size > 0)
        this.#add(false, 'alternative-added', path, `it may be ${name} now`, a, b)
  }

  /** Properties that have no name of their own. */
  #others(a: View, b: View, path: string, was: SchemaSide, now: SchemaSide): void {
    const old = child(a.node, 'additionalProperties')
    const next = child(b.node, 'additionalProperties')
    const [closedBefore, closedNow] = [old?.value === false, next?.value === false]
    if (closedBefore !== closedNow)
      this.#add(
        closedNow,
        'additional-properties',
        path,
        closedNow ? 'it may have no other properties any more' : 'it may have other properties now',
        a,
        b,
      )
    else if (isFields(old?.value) && isFields(next?.value))
      this.compare({ ...was, node: old }, { ...now, node: next }, `${path}.*`)
  }
}

const viewOf = ({ node, files, dialect }: SchemaSide, depth = 0): View | undefined => {
  const at = files.resolve(node)
  if (at === undefined || !isFields(at.value) || depth > 20) return undefined
  const own = at.value
  const given =
    typeof own['type'] === 'string'
      ? [own['type']]
      : Array.isArray(own['type'])
        ? own['type'].map(String)
        : []
  const parts = items(child(at, 'allOf')).flatMap(
    (part) => viewOf({ node: part, files, dialect }, depth + 1) ?? [],
  )
  const types = given.filter((type) => type !== 'null')
  return {
    node: at,
    own: Object.assign({}, ...parts.map((part) => part.own), own) as View['own'],
    types: types.length > 0 ? types : (parts.find((part) => part.types.length > 0)?.types ?? []),
    nullable: (dialect === '3.0' && own['nullable'] === true) || given.includes('null'),
    properties: new Map([
      ...parts.flatMap((part) => [...part.properties]),
      ...children(child(at, 'properties')),
    ]),
    required: new Set([
      ...parts.flatMap((part) => [...part.required]),
      ...(Array.isArray(own['required']) ? own['required'].map(String) : []),
    ]),
    items: isFields(own['items'])
      ? child(at, 'items')
      : parts.find((part) => part.items !== undefined)?.items,
    alternatives: new Map(
      ['oneOf', 'anyOf'].flatMap((key) =>
        items(child(at, key)).map((one, i) => {
          const ref = refOf(one.value)
          return [ref === undefined ? `alternative ${i + 1}` : ref.split('/').at(-1)!, one] as const
        }),
      ),
    ),
  }
}

const holds = (types: readonly string[], type: string): boolean =>
  types.includes(type) || (type === 'integer' && types.includes('number'))

/** No upper bound is an infinite one, no lower bound the lowest. */
const numberOf = (value: unknown, isUpper: boolean): number | undefined => {
  if (value === undefined) return isUpper ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  return typeof value === 'number' ? value : undefined
}

const kebab = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
