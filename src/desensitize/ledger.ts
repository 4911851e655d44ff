/**
 * `.svc-mock/fakes.lock`: which fakes are in use, committed with the fixtures. It keeps fakes apart that would
 * collide, and tells `scan`, which has no key, that a value is made up. It holds fakes and keyed digests (HMAC) of
 * what they stand for; no real value, and no digest that somebody without the key could try values against.
 */
import { FormIndex } from './form-index.ts'
import type { MaskKey } from './mask-key.ts'

const head = '# Fakes in use. Made by svc-mock, sorted; to merge, keep the lines of both sides.'

export interface LedgerProblem {
  /** From 1. */
  readonly line: number
  readonly message: string
  readonly hint: string
}

export class Ledger {
  /** By `type h`. */
  readonly #fakes = new Map<string, string>()
  /** `h` by `type fake`. */
  readonly #owners = new Map<string, string>()
  /** Fakes of some length, without separators, of any type. */
  readonly #plain = new Set<string>()
  /** Fakes as texts, to be told inside a sentence; made when first asked for. */
  readonly #texts = new Set<string>()
  #index: FormIndex<true> | undefined
  #key: { readonly id: string; readonly check: string } | undefined
  #added = 0

  /** What is wrong is told, and left out; a wrong line must not make a file unreadable, or scan would see leaks. */
  static parse(text: string): { readonly ledger: Ledger; readonly problems: readonly LedgerProblem[] } {
    const ledger = new Ledger()
    const problems: LedgerProblem[] = []
    text.split(/\r?\n/).forEach((line, at) => {
      const problem = line === '' || line.startsWith('#') ? undefined : ledger.#read(line)
      if (problem !== undefined) problems.push({ line: at + 1, ...problem })
    })
    ledger.#added = 0
    return { ledger, problems }
  }

  /** Whether there is something to write. */
  get changed(): boolean {
    return this.#added > 0
  }

  get size(): number {
    return this.#fakes.size
  }

  /** The key that the fakes were made with, if there are any. */
  get key(): { readonly id: string; readonly check: string } | undefined {
    return this.#key
  }

  /** Takes the key as its own, or says why it is not the one. */
  claim(key: MaskKey): string | undefined {
    if (this.#key === undefined) {
      this.#key = { id: key.id, check: key.check }
      return undefined
    }
    if (this.#key.id === key.id && this.#key.check === key.check) return undefined
    return `the fakes of this workspace were made with key ${this.#key.id}, and this is key ${key.id}`
  }

  fakeOf(type: string, h: string): string | undefined {
    return this.#fakes.get(`${type} ${h}`)
  }

  ownerOf(type: string, fake: string): string | undefined {
    return this.#owners.get(`${type} ${fake}`)
  }

  /** Whether a value is one of ours: of this type, or written like one of any type. */
  knows(type: string, canon: string): boolean {
    return this.#owners.has(`${type} ${canon}`) || this.#plain.has(plainForm(canon))
  }

  /** Whether a text of unknown meaning is a fake of some type. */
  isFake(text: string): boolean {
    return this.#texts.has(text)
  }

  /** Where fakes of some length stand in a text. */
  search(text: string, found: (start: number, end: number) => void): void {
    if (this.#index === undefined) {
      this.#index = new FormIndex(indexedAtLeast)
      for (const fake of this.#texts) if (fake.length >= indexedAtLeast) this.#index.add(fake, true)
    }
    this.#index.search(text, (start, end) => {
      found(start, end)
      return true
    })
  }

  add(type: string, h: string, fake: string): void {
    this.#fakes.set(`${type} ${h}`, fake)
    if (!this.#owners.has(`${type} ${fake}`)) this.#owners.set(`${type} ${fake}`, h)
    this.#texts.add(fake)
    if (this.#index !== undefined && fake.length >= indexedAtLeast) this.#index.add(fake, true)
    const plain = plainForm(fake)
    if (plain.length >= plainAtLeast) this.#plain.add(plain)
    this.#added++
  }

  text(): string {
    const lines = [...this.#fakes].map(([id, fake]) => `${id} ${escaped(fake)}`).sort()
    const key = this.#key === undefined ? [] : [`key ${this.#key.id} ${this.#key.check}`]
    return `${[head, ...key, ...lines].join('\n')}\n`
  }

  #read(line: string): Omit<LedgerProblem, 'line'> | undefined {
    const key = /^key ([0-9a-f]{8}) ([0-9a-f]{8})$/.exec(line)
    if (key !== null) {
      const { id } = this.#key ?? { id: key[1]! }
      this.#key = { id: key[1]!, check: key[2]! }
      if (id === key[1]) return undefined
      return {
        message: `fakes of two keys are mixed: ${id} and ${key[1]}`,
        hint: 'record again what was made with one of them',
      }
    }
    const entry = /^([a-z0-9-]{2,40}) ([0-9a-f]{32}) (\S.*)$/.exec(line)
    if (entry === null)
      return {
        message: 'this is no line of a ledger',
        hint: 'take the file from git again; nobody edits it by hand',
      }
    const [, type, h, written] = entry as unknown as [string, string, string, string]
    const fake = unescaped(written)
    const owner = this.#owners.get(`${type} ${fake}`)
    this.add(type, h, fake)
    if (owner === undefined || owner === h || sharedTypes.has(type)) return undefined
    return {
      message: `one ${type} stands for two values`,
      hint: 'two branches chose the same fake: remove the line with the higher digest and record its fixtures again',
    }
  }
}

/** Types with few values, of which two may have one fake. */
export const sharedTypes: ReadonlySet<string> = new Set([
  'birth-date',
  'geo',
  'masked',
  'last-four',
  'card-expiry',
  'digest',
])

/** Shorter ones are too common to be known by their digits alone. */
const plainAtLeast = 9
const indexedAtLeast = 6

export const plainForm = (text: string): string =>
  text.replace(/[^0-9A-Za-z\u0080-\uffff]/g, '').toUpperCase()

const escaped = (text: string): string =>
  text.replace(/[\\\n\r]|^\s|\s$/g, (char) => `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
const unescaped = (text: string): string =>
  text.replace(/\\([0-9a-f]{2})/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
