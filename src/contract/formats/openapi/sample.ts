/**
 * Made-up data in the shape of a schema: its examples where they fit, else values drawn by a seed, so that the same description
 * gives the same data. What is made is held against the schema; what does not fit is taken out, as far as it may be.
 */

import type { Chance } from '../../../core/chance.ts'
import { isFields } from '../../../core/fields.ts'
import { textLike } from '../../../core/text-like.ts'
import { asNumbers } from './convert-schema.ts'
import { child, children, items, refOf, type SpecNode } from './document.ts'
import type { Description } from './operations.ts'

export interface Sampling {
  readonly description: Description
  readonly direction: 'request' | 'response'
  readonly chance: Chance
}

const maxDepth = 12
/** Below this, what may be left out is. */
const fullDepth = 4
const attempts = 8

/** undefined: no value that fits could be made. */
export const sampleOf = (schema: SpecNode, sampling: Sampling): { readonly value: unknown } | undefined => {
  for (let attempt = 0; attempt < attempts; attempt++) {
    // Later attempts say less, and so can be wrong in less.
    const sampler = new Sampler(sampling, attempt < 4 ? fullDepth : attempt - 4, attempt % 4)
    const value = repaired(asNumbers(sampler.value(schema, 0)), schema, sampling)
    if (value !== undefined) return value
  }
  return undefined
}

/** Takes out what does not fit, from inside to outside. */
const repaired = (
  made: unknown,
  schema: SpecNode,
  { description, direction }: Sampling,
): { readonly value: unknown } | undefined => {
  const variant = { direction, part: false, holes: false }
  let value = made
  for (let round = 0; round < 6; round++) {
    const wrong = description.schemas.mismatches(schema, value, variant)
    if (wrong.length === 0) return { value }
    for (const { rule, path } of wrong) {
      const at = rule === 'missing-property' ? path.slice(0, -1) : path
      if (at.length === 0) return undefined
      value = without(value, at.map(String))
    }
  }
  return undefined
}

/** The value without the member at the path; of a list, without its items. */
const without = (value: unknown, [step, ...rest]: readonly string[]): unknown => {
  if (step === undefined) return value
  if (Array.isArray(value))
    return rest.length === 0 ? [] : value.map((item, i) => (String(i) === step ? without(item, rest) : item))
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      key !== step ? [[key, inner]] : rest.length === 0 ? [] : [[key, without(inner, rest)]],
    ),
  )
}

/** A schema with what `allOf`, and one of its alternatives, add. */
interface Merged {
  readonly own: Readonly<Record<string, unknown>>
  readonly properties: ReadonlyMap<string, SpecNode>
  readonly required: ReadonlySet<string>
  readonly items: SpecNode | undefined
  readonly prefixItems: readonly SpecNode[]
  readonly more: SpecNode | undefined
}

class Sampler {
  readonly #sampling: Sampling
  readonly #full: number
  readonly #branch: number
  readonly #within: string[] = []

  constructor(sampling: Sampling, full: number, branch: number) {
    this.#sampling = sampling
    this.#full = full
    this.#branch = branch
  }

  value(schema: SpecNode, depth: number): unknown {
    const node = this.#resolved(schema)
    if (node === undefined || !isFields(node.value)) return 'any'
    const key = `${node.file.id}#${node.pointer.join('/')}`
    this.#within.push(key)
    try {
      return this.#made(node, depth)
    } finally {
      this.#within.pop()
    }
  }

  #made(node: SpecNode, depth: number): unknown {
    const merged = this.#merge(node, 0)
    const { own } = merged
    if (Object.hasOwn(own, 'const')) return own['const']
    if (Array.isArray(own['enum']) && own['enum'].length > 0)
      return this.#choose(own['enum'].filter((one) => one !== null))
    const example = own['example'] ?? (Array.isArray(own['examples']) ? own['examples'][0] : undefined)
    if (example !== undefined && this.#branch === 0 && this.#fits(node, example)) return example
    switch (typeOf(merged)) {
      case 'object':
        return this.#object(merged, depth)
      case 'array':
        return this.#array(merged, depth)
      case 'integer':
      case 'number':
        return this.#number(own)
      case 'boolean':
        return this.#sampling.chance.random() < 0.5
      case 'null':
        return null
      default:
        return this.#text(own)
    }
  }

  #fits(node: SpecNode, value: unknown): boolean {
    return this.#sampling.description.schemas.fits(node, value, this.#sampling.direction)
  }

  #resolved(node: SpecNode): SpecNode | undefined {
    return refOf(node.value) === undefined ? node : this.#sampling.description.files.resolve(node)
  }

  #merge(node: SpecNode, depth: number): Merged {
    const spec = node.value as Readonly<Record<string, unknown>>
    const parts: Merged[] = []
    if (depth < maxDepth) {
      for (const part of items(child(node, 'allOf'))) this.#add(parts, part, depth)
      for (const key of ['oneOf', 'anyOf']) {
        const branches = items(child(node, key))
        const branch = branches[this.#branch % Math.max(1, branches.length)]
        if (branch === undefined) continue
        // What is named first wins.
        const named = this.#discriminated(node, branch)
        if (named !== undefined) parts.push(named)
        this.#add(parts, branch, depth)
      }
    }
    const own: Merged = {
      own: spec,
      properties: new Map(children(child(node, 'properties'))),
      required: new Set(Array.isArray(spec['required']) ? spec['required'].map(String) : []),
      items: isFields(spec['items']) ? child(node, 'items') : undefined,
      prefixItems: items(child(node, 'prefixItems')),
      more: isFields(spec['additionalProperties']) ? child(node, 'additionalProperties') : undefined,
    }
    return parts.reduce(
      (all, part) => ({
        own: { ...part.own, ...all.own },
        properties: new Map([...part.properties, ...all.properties]),
        required: new Set([...part.required, ...all.required]),
        items: all.items ?? part.items,
        prefixItems: all.prefixItems.length > 0 ? all.prefixItems : part.prefixItems,
        more: all.more ?? part.more,
      }),
      own,
    )
  }

  #add(parts: Merged[], written: SpecNode, depth: number): void {
    const part = this.#resolved(written)
    if (part !== undefined && isFields(part.value)) parts.push(this.#merge(part, depth + 1))
  }

  /** The name by which a discriminator knows the alternative. */
  #discriminated(node: SpecNode, branch: SpecNode): Merged | undefined {
    const name = child(node, 'discriminator', 'propertyName')?.value
    const ref = refOf(branch.value)
    if (typeof name !== 'string' || ref === undefined) return undefined
    const mapped = children(child(node, 'discriminator', 'mapping')).find(
      ([, target]) => target.value === ref || target.value === ref.split('/').at(-1),
    )
    const label = mapped?.[0] ?? ref.split('/').at(-1)!
    return {
      own: {},
      properties: new Map([[name, { ...node, value: { const: label, enum: [label] } }]]),
      required: new Set([name]),
      items: undefined,
      prefixItems: [],
      more: undefined,
    }
  }

  #object({ own, properties, required, more }: Merged, depth: number): Record<string, unknown> {
    const made: Record<string, unknown> = {}
    const least = typeof own['minProperties'] === 'number' ? own['minProperties'] : 0
    for (const [name, schema] of properties) {
      const needed = required.has(name)
      if (!this.#carried(schema)) continue
      if (!needed && (depth >= this.#full || this.#isWithin(schema))) continue
      if (depth > maxDepth) continue
      Object.defineProperty(made, name, {
        value: this.value(schema, depth + 1),
        enumerable: true,
        writable: true,
        configurable: true,
      })
    }
    for (const name of required) if (!Object.hasOwn(made, name) && !properties.has(name)) made[name] = 'any'
    const room = Math.max(
      least - Object.keys(made).length,
      more !== undefined && depth < this.#full && properties.size === 0 ? 1 : 0,
    )
    for (let i = 0; i < room; i++)
      made[`key${i + 1}`] =
        more === undefined ? 'any' : this.#isWithin(more) ? {} : this.value(more, depth + 1)
    return made
  }

  #carried(schema: SpecNode): boolean {
    const key = this.#sampling.direction === 'request' ? 'readOnly' : 'writeOnly'
    return (child(schema, key)?.value ?? child(this.#resolved(schema) ?? schema, key)?.value) !== true
  }

  /** A schema that is being made already, or a list of it: would never end. */
  #isWithin(schema: SpecNode): boolean {
    const node = this.#resolved(schema)
    if (node === undefined) return false
    return this.#within.includes(`${node.file.id}#${node.pointer.join('/')}`)
  }

  #array({ own, items: of, prefixItems }: Merged, depth: number): unknown[] {
    const least = typeof own['minItems'] === 'number' ? own['minItems'] : 0
    const most = typeof own['maxItems'] === 'number' ? own['maxItems'] : Number.POSITIVE_INFINITY
    const endless = of !== undefined && this.#isWithin(of)
    const wanted = Math.min(
      most,
      Math.max(least, endless || depth > this.#full ? 0 : 1, prefixItems.length),
      50,
    )
    if (depth > maxDepth) return []
    const made: unknown[] = prefixItems.slice(0, wanted).map((schema) => this.value(schema, depth + 1))
    while (made.length < wanted) made.push(of === undefined ? 'any' : this.value(of, depth + 1))
    return made
  }

  #number(own: Readonly<Record<string, unknown>>): number {
    const isInteger =
      own['type'] === 'integer' || (Array.isArray(own['type']) && !own['type'].includes('number'))
    const bound = (key: string): number | undefined =>
      typeof own[key] === 'number' || typeof own[key] === 'bigint' ? Number(own[key]) : undefined
    const step = bound('multipleOf') ?? (isInteger ? 1 : 0.5)
    const exclusiveLow = own['exclusiveMinimum'] === true ? bound('minimum') : bound('exclusiveMinimum')
    const exclusiveHigh = own['exclusiveMaximum'] === true ? bound('maximum') : bound('exclusiveMaximum')
    const high = Math.min(
      bound('maximum') ?? Number.POSITIVE_INFINITY,
      exclusiveHigh === undefined ? Number.POSITIVE_INFINITY : exclusiveHigh - step,
    )
    const lowest = Math.max(
      bound('minimum') ?? Number.NEGATIVE_INFINITY,
      exclusiveLow === undefined ? Number.NEGATIVE_INFINITY : exclusiveLow + step,
    )
    const low = Number.isFinite(lowest) ? lowest : Number.isFinite(high) ? Math.min(1, high) : 1
    const first = Math.ceil(low / step) * step
    const room = Math.min(Number.isFinite(high) ? high : first + 1000 * step, first + 1000 * step)
    const drawn = first + Math.floor(this.#sampling.chance.random() * ((room - first) / step + 1)) * step
    const value = Number(drawn.toFixed(6))
    return value > high || value < low ? (Number.isFinite(lowest) ? lowest : high) : value
  }

  #text(own: Readonly<Record<string, unknown>>): string {
    const { chance } = this.#sampling
    const least = typeof own['minLength'] === 'number' ? own['minLength'] : 0
    const most = typeof own['maxLength'] === 'number' ? own['maxLength'] : Number.POSITIVE_INFINITY
    if (typeof own['pattern'] === 'string') {
      for (let i = 0; i < 10; i++) {
        const text = textLike(own['pattern'], chance)
        if (text !== undefined && text.length >= least && text.length <= most) return text
      }
    }
    const formatted = typeof own['format'] === 'string' ? this.#formatted(own['format']) : undefined
    if (formatted !== undefined) return formatted
    let text = this.#choose(words)
    while (text.length < Math.min(least, 10_000)) text += this.#choose(words)
    return text.slice(
      0,
      most === Number.POSITIVE_INFINITY ? undefined : Math.max(least, Math.min(most, text.length)),
    )
  }

  #formatted(format: string): string | undefined {
    const { chance } = this.#sampling
    const two = (limit: number, from = 0): string =>
      String(from + Math.floor(chance.random() * limit)).padStart(2, '0')
    const date = (): string => `2026-${two(12, 1)}-${two(28, 1)}`
    switch (format) {
      case 'date':
        return date()
      case 'date-time':
        return `${date()}T${two(24)}:${two(60)}:${two(60)}Z`
      case 'time':
        return `${two(24)}:${two(60)}:${two(60)}Z`
      case 'duration':
        return `PT${1 + Math.floor(chance.random() * 59)}M`
      case 'uuid':
        return chance.uuid()
      case 'email':
        return `${this.#choose(words)}@example.com`
      case 'hostname':
        return `${this.#choose(words)}.example.com`
      case 'ipv4':
        return `192.0.2.${1 + Math.floor(chance.random() * 254)}`
      case 'ipv6':
        return `2001:db8::${1 + Math.floor(chance.random() * 9)}`
      case 'uri':
      case 'url':
        return `https://example.com/${this.#choose(words)}`
      case 'byte':
        return Buffer.from(this.#choose(words)).toString('base64')
      default:
        return undefined
    }
  }

  #choose<T>(from: readonly T[]): T {
    return from[Math.floor(this.#sampling.chance.random() * from.length)]!
  }
}

const words = [
  'amber',
  'birch',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'grove',
  'heron',
  'iris',
  'juniper',
  'lotus',
  'maple',
]

const typeOf = ({ own, properties, items: of, more }: Merged): string => {
  const { type } = own
  if (typeof type === 'string') return type
  if (Array.isArray(type)) return String(type.find((one) => one !== 'null') ?? 'null')
  if (properties.size > 0 || more !== undefined || own['minProperties'] !== undefined) return 'object'
  if (of !== undefined || own['minItems'] !== undefined) return 'array'
  if (own['minimum'] !== undefined || own['maximum'] !== undefined) return 'number'
  return 'string'
}
