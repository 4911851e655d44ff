/**
 * JSON text, edited in place: white space, key order, numbers of any length and escapes that are not touched stay as
 * they are. Walks instead of calling itself, so that depth costs nothing.
 */
import type { Decoding, Edit, Where } from '../edits.ts'
import { outward } from '../edits.ts'
import { isNamingName, isValueName } from '../field-names.ts'
import type { Field, Run } from '../run.ts'

/** Whether the text is one JSON document with something in it. */
export const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** `text` must be valid JSON, perhaps with a byte order mark before it. */
export const jsonEdits = (text: string, field: Field, where: Where, run: Run): Edit[] =>
  new JsonWalk(text, field, where, run).edits()

interface Frame {
  readonly list: boolean
  /** Name of the member that is read, or of the one that the list is in. */
  name: string
  index: number
  /** What the object is called, for `name` within it. */
  readonly parent: string
  /** `"name": "token"` of this object. */
  sibling: string
}

class JsonWalk implements Where {
  readonly #text: string
  readonly #field: Field
  readonly #outer: Where
  readonly #run: Run
  readonly #frames: Frame[] = []
  readonly #edits: Edit[] = []
  #start = 0
  #decoding: Decoding | undefined

  constructor(text: string, field: Field, outer: Where, run: Run) {
    this.#text = text
    this.#field = field
    this.#outer = outer
    this.#run = run
  }

  offset(at: number): number {
    return this.#outer.offset(this.#start + (this.#decoding?.start(at) ?? at))
  }

  path(): string {
    let path = this.#outer.path()
    for (const { list, name, index } of this.#frames) path += list ? `[${index}]` : `.${name}`
    return path
  }

  edits(): Edit[] {
    const text = this.#text
    const frames = this.#frames
    let at = 0
    let key = false
    for (; at < text.length; ) {
      const code = text.charCodeAt(at)
      if (code === 0x22) {
        const end = stringEnd(text, at)
        if (key) {
          this.#key(at, end)
          key = false
          at = text.indexOf(':', end) + 1
        } else {
          this.#string(at, end)
          at = end
        }
      } else if (code === 0x7b || code === 0x5b) {
        const top = frames.at(-1)
        const name = top?.name ?? this.#field.name
        const parent = top === undefined || !top.list ? name : top.parent
        frames.push({
          list: code === 0x5b,
          name,
          index: 0,
          parent: code === 0x5b ? name : parent,
          sibling: '',
        })
        key = code === 0x7b
        at++
      } else if (code === 0x7d || code === 0x5d) {
        frames.pop()
        key = false
        at++
      } else if (code === 0x2c) {
        const top = frames.at(-1)!
        top.index++
        key = !top.list
        at++
      } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
        at = this.#number(at)
      } else at++
    }
    return this.#edits
  }

  #key(start: number, end: number): void {
    const top = this.#frames.at(-1)!
    const raw = this.#text.slice(start + 1, end - 1)
    const name = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
    top.name = name
    // Maps by telephone number or by name have identities for keys; names of fields do not look like any.
    if (isValueLike(name))
      this.#leaf(start + 1, end - 1, {
        name: top.parent,
        meaning: nameless,
        kind: 'key',
        depth: this.#field.depth,
      })
  }

  #string(start: number, end: number): void {
    if (end - start < 3) return
    const top = this.#frames.at(-1)
    const name = this.#nameHere(start)
    if (top !== undefined && (top.list ? top.index === 0 : isNamingName(top.name)))
      top.sibling = this.#text.slice(start + 1, end - 1)
    this.#leaf(start + 1, end - 1, {
      name,
      meaning: this.#meaning(name),
      kind: 'text',
      depth: this.#field.depth,
    })
  }

  /** Digits only; amounts and measures are numbers as well, but have nothing that could be recognised. */
  #number(start: number): number {
    const text = this.#text
    let end = start + 1
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (
        !(
          (code >= 0x30 && code <= 0x39) ||
          code === 0x2e ||
          code === 0x65 ||
          code === 0x45 ||
          code === 0x2b ||
          code === 0x2d
        )
      )
        break
    }
    const name = this.#nameHere(start)
    const meaning = this.#meaning(name)
    if (
      end - start >= 7 ||
      meaning.detectors.length > 0 ||
      this.#run.rules.concern(name) ||
      (end - start >= 4 && this.#run.values?.wholeField(text.slice(start, end)) !== undefined)
    )
      this.#numberLeaf(start, end, name, meaning)
    return end
  }

  #numberLeaf(start: number, end: number, name: string, meaning: Field['meaning']): void {
    const lexeme = this.#text.slice(start, end)
    const field: Field = { name, meaning, kind: 'number', depth: this.#field.depth }
    // 1.38E10 and 13800138000.0 are telephone numbers too, as programs write them that know only one kind of number.
    const value = /[.eE]/.test(lexeme) ? Number(lexeme) : 0
    if (Number.isSafeInteger(value) && value > 1e6) {
      this.#start = start
      this.#decoding = undefined
      const plain = String(value)
      const edits = this.#run.leaf(plain, field, { offset: () => this.offset(0), path: () => this.path() })
      if (edits.length > 0) this.#edits.push({ start, end, text: () => numberText(plain, edits[0]!.text()) })
      return
    }
    this.#start = start
    this.#decoding = undefined
    for (const edit of this.#run.leaf(lexeme, field, this))
      this.#edits.push({
        start: start + edit.start,
        end: start + edit.end,
        text: () => numberText(lexeme, edit.text()),
      })
  }

  #nameHere(start: number): string {
    const top = this.#frames.at(-1)
    if (top === undefined) return this.#field.name
    if (top.list) return this.#pairName(top, start) ?? top.name
    if (!isValueName(top.name)) return top.name
    if (top.sibling === '') top.sibling = this.#siblingAfter(start)
    return top.sibling === '' ? top.parent : top.sibling
  }

  /** `["token", "…"]`: in a list of two texts the first may name the other. */
  #pairName({ index, sibling }: Frame, start: number): string | undefined {
    if (index !== 1 || sibling === '' || this.#run.names.of(sibling).detectors.length === 0) return undefined
    const end = this.#text[start] === '"' ? stringEnd(this.#text, start) : start
    return /^[\d.eE+-]*\s*\]/.test(this.#text.slice(end, end + 80)) ? sibling : undefined
  }

  /** `{ "value": "…", "name": "token" }`: the name may come later. */
  #siblingAfter(start: number): string {
    const close = this.#text.indexOf('}', start)
    const rest = this.#text.slice(start, Math.min(close < 0 ? start : close, start + 2_000))
    return /"(?:name|key|field|param|attr|attribute|property)"\s*:\s*"([^"\\]{1,80})"/.exec(rest)?.[1] ?? ''
  }

  /** A name that says nothing is meant by the object or document around it, if that says something. */
  #meaning(name: string): Field['meaning'] {
    const top = this.#frames.at(-1)
    const meaning = this.#run.names.of(name, top?.parent ?? '')
    if (meaning.detectors.length > 0 || meaning.harmless) return meaning
    return this.#field.meaning.secret && this.#field.depth > 0 ? this.#field.meaning : meaning
  }

  #leaf(start: number, end: number, field: Field): void {
    const raw = this.#text.slice(start, end)
    this.#start = start
    this.#decoding = raw.includes('\\') ? jsonDecoding(raw) : undefined
    const { text } = this.#decoding ?? { text: raw }
    const edits = this.#run.leaf(text, field, this)
    if (edits.length > 0) this.#edits.push(...outward(edits, this.#decoding ?? plainDecoding, start))
  }
}

/** Names of fields are words; a number or other script may be a value. */
export const isValueLike = (key: string): boolean =>
  key.length >= 4 ? !/^[A-Za-z_$-]*$/.test(key) : /[^\x00-\x7f]/.test(key)

const nameless: Field['meaning'] = { detectors: [], secret: false, harmless: true }

/** As many digits as before: a fake may not begin with 0 in a number. */
const numberText = (before: string, fake: string): string =>
  /^-?[1-9]/.test(fake) || fake === '0' || /^-?0\./.test(fake) || before.startsWith('0')
    ? fake
    : fake.replace(/^(-?)0/, '$11')

const stringEnd = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) at++
    else if (code === 0x22) return at + 1
  }
  return text.length
}

const plainDecoding: Decoding = {
  text: '',
  start: (index) => index,
  end: (index) => index,
  encode: (text) => JSON.stringify(text).slice(1, -1),
}

/** The inside of a string with escapes. Characters beyond ASCII are escaped again if they were. */
export const jsonDecoding = (raw: string): Decoding => {
  let text = ''
  const starts: number[] = []
  const ends: number[] = []
  for (let at = 0; at < raw.length; ) {
    const length = raw[at] !== '\\' ? 1 : raw[at + 1] === 'u' ? 6 : 2
    const piece = raw.slice(at, at + length)
    text += length === 1 ? piece : (JSON.parse(`"${piece}"`) as string)
    starts.push(at)
    ends.push(at + length)
    at += length
  }
  const escapes = /\\u(?!00[0-7])/i.exec(raw)?.[0] !== undefined
  const upper = /\\u[0-9]*[A-F]/.test(raw)
  return {
    text,
    start: (index) => starts[index] ?? raw.length,
    end: (index) => (index === 0 ? 0 : ends[index - 1]!),
    encode: (part) => {
      const plain = JSON.stringify(part).slice(1, -1)
      if (!escapes) return plain
      return plain.replace(/[\u0080-\uffff]/g, (char) => {
        const code = char.charCodeAt(0).toString(16).padStart(4, '0')
        return `\\u${upper ? code.toUpperCase() : code}`
      })
    },
  }
}
