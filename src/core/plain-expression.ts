/**
 * Expressions that need no sandbox: a path into `request`, `now()`, `uuid()`, `random()`, a literal, and `??` between
 * them. They give here what they give in an isolate. Whatever could be more than that – a method of a built-in
 * prototype, a value of null on the way – is left to the isolate, which also knows the place of a mistake.
 */
import type { Chance } from './chance.ts'
import { stringifyJson } from './json.ts'

interface PathExpression {
  readonly kind: 'path'
  readonly steps: readonly Step[]
}

interface Step {
  readonly key: string
  /** `?.` */
  readonly optional: boolean
}

type Operand =
  | PathExpression
  | { readonly kind: 'tool'; readonly name: 'now' | 'uuid' | 'random' }
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null | undefined }

/** The first operand that is neither null nor undefined, else the last. */
export type PlainExpression = readonly Operand[]

export interface PlainTools {
  /** ms since the epoch. */
  now(): number
  readonly chance: Chance
}

/** Stands for: only an isolate can tell. */
export const unknown: unique symbol = Symbol('unknown')

const operand =
  /\s*(?:(?<tool>now|uuid|random)\s*\(\s*\)|request(?<path>(?:\s*(?:\?\.\s*)?\[\s*(?:0|[1-9]\d{0,8}|'[^'\\\n]*'|"[^"\\\n]*")\s*\]|\s*\??\.\s*[A-Za-z_$][\w$]*)+)|(?<literal>(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?(?![\w.])|'[^'\\\n]*'|"[^"\\\n]*"|(?:true|false|null|undefined)(?![\w$])))\s*/y

/** undefined: it needs an isolate. */
export const plainExpression = (source: string): PlainExpression | undefined => {
  const operands: Operand[] = []
  let at = 0
  for (;;) {
    operand.lastIndex = at
    const found = operand.exec(source)
    if (found === null) return undefined
    operands.push(operandOf(found.groups!))
    at += found[0].length
    if (at === source.length) return operands
    if (!source.startsWith('??', at) || source[at + 2] === '=') return undefined
    at += 2
  }
}

const operandOf = (groups: Readonly<Record<string, string | undefined>>): Operand => {
  const { tool, path, literal } = groups
  if (tool !== undefined) return { kind: 'tool', name: tool as 'now' }
  if (path !== undefined) return { kind: 'path', steps: stepsOf(path) }
  return { kind: 'literal', value: literalOf(literal!) }
}

const literalOf = (text: string): string | number | boolean | null | undefined => {
  if (text === 'undefined') return undefined
  if (/^['"]/.test(text)) return text.slice(1, -1)
  return JSON.parse(text) as number | boolean | null
}

const stepsOf = (path: string): Step[] =>
  [...path.matchAll(/(\?\.|\.)?\s*(?:\[\s*(?:(\d+)|'([^']*)'|"([^"]*)")\s*\]|([A-Za-z_$][\w$]*))/g)].map(
    ([, dot, index, single, double, name]) => ({
      key: index === undefined ? (single ?? double ?? name)! : String(Number(index)),
      optional: dot === '?.',
    }),
  )

/** The field of `request` that it looks at. */
export const fieldsOf = (expression: PlainExpression): readonly string[] =>
  expression.flatMap((one) => (one.kind === 'path' ? one.steps[0]!.key : []))

/** JSON of the value, `null` for undefined. `request`: with the fields that it looks at. */
export const evaluatePlain = (
  expression: PlainExpression,
  request: Readonly<Record<string, unknown>>,
  tools: PlainTools,
): string | typeof unknown => {
  let value: unknown
  for (const one of expression) {
    value = operandValue(one, request, tools)
    if (value === unknown) return unknown
    if (value !== undefined && value !== null) break
  }
  return typeof value === 'string' ? JSON.stringify(value) : stringifyJson(value)
}

const operandValue = (
  one: Operand,
  request: Readonly<Record<string, unknown>>,
  { now, chance }: PlainTools,
): unknown => {
  if (one.kind === 'literal') return one.value
  if (one.kind === 'path') return follow(one.steps, request)
  if (one.name === 'now') return new Date(now()).toISOString()
  return one.name === 'uuid' ? chance.uuid() : chance.random()
}

const follow = (steps: readonly Step[], request: unknown): unknown => {
  let value = request
  for (const { key, optional } of steps) {
    if (value === undefined || value === null) {
      if (optional) return undefined
      return unknown
    }
    if (Object.hasOwn(value as object, key)) value = (value as Readonly<Record<string, unknown>>)[key]
    else if (isInherited(value, key)) return unknown
    else value = undefined
  }
  return value
}

/** Objects come from JSON, but those without a prototype here have one inside an isolate. */
const isInherited = (value: unknown, key: string): boolean => key in Object(value) || key in Object.prototype
