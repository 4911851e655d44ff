/**
 * A template of Handlebars as text with our expressions. What stands alone becomes one `${{ … }}`; a block becomes one expression for all
 * of it, since expressions know no blocks. Which helpers there are, and what they are in JavaScript, each tool says itself.
 */
import { quoted } from '../source/formula.ts'
import { escapeTemplates } from '../source/reply.ts'
import { NotPossible } from '../source/things.ts'
import { type Call, type Piece, parseTemplate, TemplateMistake, type Value } from './parse.ts'

/** JavaScript of each argument, and of the named ones. `literals`: their values where they are known. */
export interface HelperCall {
  readonly args: readonly string[]
  readonly hash: Readonly<Record<string, string>>
  readonly literals: readonly unknown[]
}

export interface TemplateWords {
  /** JavaScript of a helper's value. undefined: there is no such helper, so the name is a path. Throws NotPossible. */
  helper(name: string, call: HelperCall): string | undefined
  /** Helpers whose lists and objects are printed as JavaScript prints them, and not as JSON. */
  readonly printed?: ReadonlySet<string>
  /** JavaScript of a path at the top, as `request.path`. undefined: there is nothing of that name. */
  path(steps: readonly string[]): string | undefined
}

/** Throws NotPossible. */
export const templateText = (text: string, words: TemplateWords): string => {
  let pieces: readonly Piece[]
  try {
    pieces = parseTemplate(text)
  } catch (error) {
    if (error instanceof TemplateMistake)
      throw new NotPossible(`a template that cannot be read: ${error.message}`)
    throw error
  }
  const writer = new Writer(words)
  return pieces.map((piece) => writer.outer(piece)).join('')
}

/** Whether it is more than text. */
export const isTemplate = (text: string): boolean => text.includes('{{')

interface Scope {
  /** JavaScript of `this`; undefined at the top. */
  readonly self: string | undefined
  /** What `@index` and others are. */
  readonly data: Readonly<Record<string, string>>
  readonly names: Readonly<Record<string, string>>
  readonly parent: Scope | undefined
  /** Of `switch`. */
  readonly subject?: string
}

const top: Scope = { self: undefined, data: {}, names: {}, parent: undefined }

class Writer {
  readonly #words: TemplateWords
  #count = 0

  constructor(words: TemplateWords) {
    this.#words = words
  }

  outer(piece: Piece): string {
    if (piece.kind === 'text') return escapeTemplates(piece.text)
    const source = piece.kind === 'value' ? this.#printed(piece.value, top) : this.#block(piece, top)
    return `\${{ ${whole(source)} }}`
  }

  /** A text of JavaScript. */
  #text(pieces: readonly Piece[], scope: Scope): string {
    const parts = pieces.map((piece) => {
      if (piece.kind === 'text') return quoted(piece.text)
      if (piece.kind === 'block') return `(${this.#block(piece, scope)})`
      return `(${whole(this.#printed(piece.value, scope))})`
    })
    return parts.length === 0
      ? "''"
      : parts.length === 1
        ? `String(${parts[0]})`
        : `[${parts.join(', ')}].join('')`
  }

  /** As it stands in the text. */
  #printed(value: Value, scope: Scope): string {
    const source = this.#value(value, scope)
    const name = value.kind === 'call' ? value.name : value.kind === 'path' ? value.text : ''
    return this.#words.printed?.has(name) === true ? `String(${source} ?? '')` : source
  }

  #value(value: Value, scope: Scope): string {
    if (value.kind === 'literal') return value.value === undefined ? 'undefined' : quoted(value.value)
    if (value.kind === 'call') return this.#call(value, scope)
    const { text, steps, up, data } = value
    if (data) {
      const known = lookUp(scope, (one) => one.data[steps[0] ?? ''])
      if (known === undefined || steps.length !== 1) throw new NotPossible(`{{${text}}} has no counterpart`)
      return known
    }
    const own = up === 0 && steps.length > 0 ? lookUp(scope, (one) => one.names[steps[0]!]) : undefined
    if (own !== undefined) return own + member(steps.slice(1))
    const at = climb(scope, up)
    if (at.self === undefined && up === 0 && steps.length === 1 && text === steps[0]) {
      const made = this.#words.helper(text, { args: [], hash: {}, literals: [] })
      if (made !== undefined) return made
    }
    if (at.self !== undefined) {
      // A helper without arguments looks like a field.
      if (steps.length === 1 && text === steps[0]) {
        const made = this.#words.helper(text, { args: [], hash: {}, literals: [] })
        if (made !== undefined) return made
      }
      return at.self + member(steps)
    }
    const made = this.#words.path(steps)
    if (made === undefined) throw new NotPossible(`{{${text}}} has no counterpart`)
    return made
  }

  #call({ name, args, hash }: Call, scope: Scope): string {
    const made = this.#words.helper(name, {
      args: args.map((one) => this.#value(one, scope)),
      hash: Object.fromEntries(Object.entries(hash).map(([key, one]) => [key, this.#value(one, scope)])),
      literals: args.map((one) => (one.kind === 'literal' ? one.value : undefined)),
    })
    if (made === undefined) throw new NotPossible(`{{${name}}} is a helper that has no counterpart`)
    return made
  }

  #block(piece: Extract<Piece, { kind: 'block' }>, scope: Scope): string {
    const { call, body, otherwise, names } = piece
    const [first, second] = call.args
    const otherText = otherwise === undefined ? "''" : this.#text(otherwise, scope)
    switch (call.name) {
      case 'if':
      case 'unless': {
        const test = `truthy(${this.#value(first ?? missing, scope)})`
        const [yes, no] = [this.#text(body, scope), otherText]
        return truthiness(call.name === 'if' ? `${test} ? ${yes} : ${no}` : `${test} ? ${no} : ${yes}`)
      }
      case 'each':
        return this.#each({ list: this.#value(first ?? missing, scope), body, names, otherText }, scope)
      case 'with': {
        const self = this.#name('it')
        const inner: Scope = {
          self,
          data: {},
          names: names[0] === undefined ? {} : { [names[0]]: self },
          parent: scope,
        }
        const it = this.#value(first ?? missing, scope)
        return `((${self}) => ${self} === undefined || ${self} === null ? ${otherText} : ${this.#text(body, inner)})(${it})`
      }
      case 'repeat':
        return this.#repeat({ from: first, to: second, comma: call.hash['comma'], body }, scope)
      case 'switch':
        return this.#switch(this.#value(first ?? missing, scope), body, scope)
      default:
        throw new NotPossible(`{{#${call.name}}} is a block that has no counterpart`)
    }
  }

  #each(
    {
      list,
      body,
      names,
      otherText,
    }: { list: string; body: readonly Piece[]; names: readonly string[]; otherText: string },
    scope: Scope,
  ): string {
    const [item, key, n, all] = [this.#name('it'), this.#name('key'), this.#name('n'), this.#name('all')]
    const inner: Scope = {
      self: item,
      data: { index: n, key, first: `(${n} === 0)`, last: `(${n} === ${all}.length - 1)` },
      names: {
        ...(names[0] !== undefined && { [names[0]]: item }),
        ...(names[1] !== undefined && { [names[1]]: key }),
      },
      parent: scope,
    }
    const made = `${all}.map(([${key}, ${item}], ${n}) => ${this.#text(body, inner)}).join('')`
    return `((${all}) => ${all}.length === 0 ? ${otherText} : ${made})(Object.entries(${list} ?? {}))`
  }

  #repeat(
    {
      from,
      to,
      comma,
      body,
    }: { from: Value | undefined; to: Value | undefined; comma: Value | undefined; body: readonly Piece[] },
    scope: Scope,
  ): string {
    const [n, total] = [this.#name('n'), this.#name('total')]
    const inner: Scope = {
      self: scope.self,
      data: { index: n, total, first: `(${n} === 0)`, last: `(${n} === ${total} - 1)` },
      names: {},
      parent: scope,
    }
    const low = `Number(${this.#value(from ?? missing, scope)})`
    const count =
      to === undefined
        ? low
        : `${low} + Math.floor(random() * (Number(${this.#value(to, scope)}) - ${low} + 1))`
    const text = this.#text(body, inner)
    const plain = comma?.kind === 'literal' && comma.value === false
    const each = `Array.from({ length: ${total} }, (_, ${n}) => ${text})`
    // A comma behind each but the last, and a line break behind all.
    const commas = `.map((text, n) => text.trimEnd().replace(/,$/, '') + (n < ${total} - 1 ? ',' : '') + '\\n')`
    return `((${total}) => ${each}${plain ? '' : commas}.join(''))(Math.min(10000, ${count}))`
  }

  #switch(subject: string, body: readonly Piece[], scope: Scope): string {
    const name = this.#name('it')
    const cases = body.filter((one): one is Extract<Piece, { kind: 'block' }> => one.kind === 'block')
    const made = cases.reduceRight((rest, { call, body: text }) => {
      const inner = this.#text(text, scope)
      if (call.name === 'default') return inner
      if (call.name !== 'case') throw new NotPossible(`{{#${call.name}}} inside {{#switch}}`)
      return `${this.#value(call.args[0] ?? missing, scope)} === ${name} ? ${inner} : ${rest}`
    }, "''")
    return `((${name}) => ${made})(${subject})`
  }

  #name(word: string): string {
    this.#count++
    return `${word}${this.#count}`
  }
}

const missing: Value = { kind: 'literal', value: undefined }

/** Handlebars takes an empty list for false. */
const truthiness = (source: string): string =>
  source.replaceAll('truthy(', '((value) => Array.isArray(value) ? value.length > 0 : Boolean(value))(')

const lookUp = (scope: Scope, find: (scope: Scope) => string | undefined): string | undefined => {
  for (let one: Scope | undefined = scope; one !== undefined; one = one.parent) {
    const found = find(one)
    if (found !== undefined) return found
  }
  return undefined
}

const climb = (scope: Scope, up: number): Scope => {
  let at = scope
  for (let n = 0; n < up; n++) at = at.parent ?? top
  return at
}

export const member = (steps: readonly string[]): string =>
  steps
    .map((step) =>
      /^[A-Za-z_$][\w$]*$/.test(step)
        ? `?.${step}`
        : `?.[${/^\d+$/.test(step) ? Number(step) : quoted(step)}]`,
    )
    .join('')

/** What is not there is no text. Plain paths stay plain, which costs no sandbox. */
const whole = (source: string): string => {
  if (
    /^request[\w$.?[\]'"-]* \?\? (?:'[^'\\]*'|"[^"\\]*"|\d+)$/.test(source) ||
    /^(?:uuid|random)\(\)$/.test(source)
  )
    return source
  return /^request[\w$.?[\]'"-]*$/.test(source) ? `${source} ?? ''` : `(${source}) ?? ''`
}
