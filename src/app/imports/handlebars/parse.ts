/** Templates of Handlebars as a tree. What it cannot read (partials, decorators, raw blocks) is refused by name. */

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly value: Value }
  | {
      readonly kind: 'block'
      readonly call: Call
      readonly names: readonly string[]
      readonly body: readonly Piece[]
      readonly otherwise: readonly Piece[] | undefined
    }

export type Value =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null | undefined }
  | {
      readonly kind: 'path'
      readonly text: string
      readonly up: number
      readonly steps: readonly string[]
      readonly data: boolean
    }
  | Call

export interface Call {
  readonly kind: 'call'
  readonly name: string
  readonly args: readonly Value[]
  readonly hash: Readonly<Record<string, Value>>
}

export class TemplateMistake extends Error {}

/** Throws TemplateMistake. */
export const parseTemplate = (text: string): readonly Piece[] => {
  const reader = new Reader(text)
  const { pieces } = reader.pieces(undefined)
  return pieces
}

interface Read {
  readonly pieces: readonly Piece[]
  /** What ended them: `else`, with what stands behind it, or the end of the block. */
  readonly end: string | undefined
}

class Reader {
  readonly #text: string
  #at = 0
  #trimNext = false

  constructor(text: string) {
    this.#text = text
  }

  pieces(block: string | undefined): Read {
    const pieces: Piece[] = []
    for (;;) {
      const open = this.#text.indexOf('{{', this.#at)
      const escaped = open > 0 && this.#text[open - 1] === '\\'
      if (open < 0 || escaped) {
        const end = escaped ? this.#endOf(open) : this.#text.length
        this.#addText(pieces, this.#text.slice(this.#at, end).replace(/\\\{\{/, '{{'))
        this.#at = end
        if (open >= 0) continue
        if (block !== undefined) throw new TemplateMistake(`{{#${block}}} has no end`)
        return { pieces, end: undefined }
      }
      this.#addText(pieces, this.#text.slice(this.#at, open))
      const { inner, trimBefore } = this.#mustache(open)
      if (trimBefore) trimEnd(pieces)
      if (inner.startsWith('!')) continue
      if (/^[>&*]/.test(inner) && !inner.startsWith('&'))
        throw new TemplateMistake(`{{${inner}}} is a partial or a decorator`)
      if (inner.startsWith('/')) {
        const name = inner.slice(1).trim()
        if (name !== block) throw new TemplateMistake(`{{/${name}}} ends no block`)
        return { pieces, end: undefined }
      }
      if (block !== undefined && (inner === '^' || /^else\b/.test(inner)))
        return { pieces, end: inner.replace(/^(?:else\b|\^)/, '').trim() }
      if (inner.startsWith('#') || inner.startsWith('^')) {
        pieces.push(this.#block(inner.slice(1).trim(), inner.startsWith('^')))
        continue
      }
      pieces.push({ kind: 'value', value: expressionOf(inner.replace(/^&/, '').trim()) })
    }
  }

  #block(inner: string, inverted: boolean): Piece {
    const alias = /\s+as\s+\|([^|]*)\|\s*$/.exec(inner)
    const value = expressionOf(alias === null ? inner : inner.slice(0, alias.index))
    const call: Call =
      value.kind === 'call'
        ? value
        : value.kind === 'path'
          ? { kind: 'call', name: value.text, args: [], hash: {} }
          : fail(`{{#${inner}}} is no block`)
    const names = alias?.[1]?.trim().split(/\s+/) ?? []
    const { body, otherwise } = this.#branches(call.name)
    return inverted
      ? {
          kind: 'block',
          call: { kind: 'call', name: 'unless', args: [value], hash: {} },
          names,
          body,
          otherwise,
        }
      : { kind: 'block', call, names, body, otherwise }
  }

  #branches(name: string): { body: readonly Piece[]; otherwise: readonly Piece[] | undefined } {
    const first = this.pieces(name)
    if (first.end === undefined) return { body: first.pieces, otherwise: undefined }
    if (first.end === '') return { body: first.pieces, otherwise: this.pieces(name).pieces }
    // {{else if x}} is a block inside the other branch, with the same end.
    const value = expressionOf(first.end)
    if (value.kind !== 'call') throw new TemplateMistake(`{{else ${first.end}}} is no block`)
    const { body, otherwise } = this.#branches(name)
    return { body: first.pieces, otherwise: [{ kind: 'block', call: value, names: [], body, otherwise }] }
  }

  #mustache(open: number): { inner: string; trimBefore: boolean } {
    const triple = this.#text.startsWith('{{{', open)
    const start = open + (triple ? 3 : 2)
    if (/^~?!--/.test(this.#text.slice(start, start + 4))) {
      const end = this.#text.indexOf('--', start + 3)
      const close = end < 0 ? -1 : this.#text.indexOf('}}', end)
      if (close < 0) throw new TemplateMistake('a comment has no end')
      this.#at = close + 2
      return { inner: '!', trimBefore: false }
    }
    const close = closing(this.#text, start, triple ? '}}}' : '}}')
    if (close < 0) throw new TemplateMistake('{{ has no end')
    let inner = this.#text.slice(start, close).trim()
    this.#at = close + (triple ? 3 : 2)
    const trimBefore = inner.startsWith('~')
    if (trimBefore) inner = inner.slice(1).trim()
    if (inner.endsWith('~')) {
      inner = inner.slice(0, -1).trim()
      this.#trimNext = true
    }
    if (inner === '') throw new TemplateMistake('{{ }} holds nothing')
    return { inner, trimBefore }
  }

  #endOf(open: number): number {
    const close = this.#text.indexOf('}}', open)
    return close < 0 ? this.#text.length : close + 2
  }

  #addText(pieces: Piece[], text: string): void {
    const kept = this.#trimNext ? text.trimStart() : text
    this.#trimNext = false
    if (kept !== '') pieces.push({ kind: 'text', text: kept })
  }
}

const trimEnd = (pieces: Piece[]): void => {
  const last = pieces.at(-1)
  if (last?.kind !== 'text') return
  pieces.pop()
  const text = last.text.trimEnd()
  if (text !== '') pieces.push({ kind: 'text', text })
}

/** Texts inside may hold the closing braces. */
const closing = (text: string, from: number, end: string): number => {
  let quote = ''
  for (let i = from; i < text.length; i++) {
    const sign = text[i]!
    if (quote !== '') {
      if (sign === '\\') i++
      else if (sign === quote) quote = ''
    } else if (text.startsWith(end, i)) return i
    else if (sign === '"' || sign === "'") quote = sign
  }
  return -1
}

const token =
  /\s+|"((?:\\[\s\S]|[^"\\])*)"|'((?:\\[\s\S]|[^'\\])*)'|\(|\)|([\w@$-]+)=|(-?\d+(?:\.\d+)?)(?=[\s)]|$)|(\[[^\]]*\]|[^\s()="']+)/y

type Token =
  | { readonly kind: 'open' | 'close' }
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'value'; readonly value: Value }

const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const at = token.lastIndex
    const found = token.exec(text)
    if (found === null)
      throw new TemplateMistake(`{{${text}}} cannot be read at ${JSON.stringify(text.slice(at, at + 10))}`)
    const [all, double, single, key, number, word] = found
    if (all.trim() === '') continue
    if (all === '(') tokens.push({ kind: 'open' })
    else if (all === ')') tokens.push({ kind: 'close' })
    else if (key !== undefined) tokens.push({ kind: 'key', name: key })
    else if (double !== undefined || single !== undefined)
      tokens.push({
        kind: 'value',
        value: { kind: 'literal', value: (double ?? single)!.replaceAll(/\\(["'])/g, '$1') },
      })
    else if (number !== undefined)
      tokens.push({ kind: 'value', value: { kind: 'literal', value: Number(number) } })
    else tokens.push({ kind: 'value', value: wordOf(word!) })
  }
  return tokens
}

const words: Readonly<Record<string, boolean | null | undefined>> = {
  true: true,
  false: false,
  null: null,
  undefined,
}

const wordOf = (word: string): Value => {
  if (Object.hasOwn(words, word)) return { kind: 'literal', value: words[word] }
  const data = word.startsWith('@')
  let rest = data ? word.slice(1) : word
  let up = 0
  while (rest.startsWith('../')) {
    up++
    rest = rest.slice(3)
  }
  if (rest === '..') {
    up++
    rest = ''
  }
  const plain = rest
    .replace(/^\.\//, '')
    .replace(/^this(?:[./]|$)/, '')
    .replace(/^\.$/, '')
  const steps = [...plain.matchAll(/\[([^\]]*)\]|[^./[\]]+/g)].map((step) => step[1] ?? step[0])
  return { kind: 'path', text: word, up, steps, data }
}

/** `helper arg key=value`, a path, or a literal. */
const expressionOf = (text: string): Value => {
  const tokens = tokensOf(text)
  const value = callOf(tokens, text)
  if (tokens.length > 0) throw new TemplateMistake(`{{${text}}} cannot be read`)
  return value
}

/** Takes what it reads off the front. */
const callOf = (tokens: Token[], text: string): Value => {
  const head = tokens.shift()
  if (head === undefined) throw new TemplateMistake(`{{${text}}} holds nothing`)
  if (head.kind === 'open') {
    const inner = subexpression(tokens, text)
    return inner
  }
  if (head.kind !== 'value') throw new TemplateMistake(`{{${text}}} cannot be read`)
  const args: Value[] = []
  const hash: Record<string, Value> = Object.create(null)
  for (let next = tokens[0]; next !== undefined && next.kind !== 'close'; next = tokens[0]) {
    tokens.shift()
    if (next.kind === 'key') hash[next.name] = argumentOf(tokens, text)
    else
      args.push(
        next.kind === 'open' ? subexpression(tokens, text) : (next as { readonly value: Value }).value,
      )
  }
  const { value } = head
  if (args.length === 0 && Object.keys(hash).length === 0) return value
  if (value.kind !== 'path') throw new TemplateMistake(`{{${text}}} calls what is no helper`)
  return { kind: 'call', name: value.text, args, hash: { ...hash } }
}

const argumentOf = (tokens: Token[], text: string): Value => {
  const next = tokens.shift()
  if (next?.kind === 'open') return subexpression(tokens, text)
  if (next?.kind !== 'value') throw new TemplateMistake(`{{${text}}} cannot be read`)
  return next.value
}

const subexpression = (tokens: Token[], text: string): Value => {
  const inner = callOf(tokens, text)
  if (tokens.shift()?.kind !== 'close') throw new TemplateMistake(`{{${text}}} has a parenthesis too few`)
  // (helper) without arguments is a call all the same.
  return inner.kind === 'path' ? { kind: 'call', name: inner.text, args: [], hash: {} } : inner
}

const fail = (message: string): never => {
  throw new TemplateMistake(message)
}
