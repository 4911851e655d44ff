/**
 * The key that fakes are made with. Whoever has it can find the real value behind a fake by trying all of them
 * (10^9 phone numbers take half an hour), so it never enters the work tree; only its id and check value do.
 */
import { hash, hkdfSync } from 'node:crypto'
import { cycleOf } from './cycle.ts'

const keyBytes = 32

export class MaskKey {
  /** Names the key without telling anything about it: 8 hex digits. */
  readonly id: string
  /** 8 hex digits more. Id and check value are committed, so that a wrong key is refused instead of making other fakes. */
  readonly check: string
  readonly #master: Uint8Array
  readonly #derived = new Map<string, Pads>()
  readonly #cycles = new Map<string, Uint16Array>()

  private constructor(master: Uint8Array) {
    this.#master = master
    const names = this.hmac('id', 'svc-mock').toString('hex')
    this.id = names.slice(0, 8)
    this.check = names.slice(8, 16)
  }

  /**
   * 32 bytes as 64 hex digits or as base64. Returns a problem in words, without the text, when it is something else;
   * there is no key that is made up for an empty one.
   */
  static parse(text: string): MaskKey | string {
    const trimmed = text.trim()
    if (trimmed === '') return 'the key is empty'
    const bytes = /^[0-9a-f]+$/i.test(trimmed)
      ? Buffer.from(trimmed, 'hex')
      : /^[A-Za-z0-9+/_-]+={0,2}$/.test(trimmed)
        ? Buffer.from(trimmed, 'base64')
        : undefined
    if (bytes === undefined) return 'the key is neither hexadecimal nor base64'
    if (bytes.length !== keyBytes) return `the key has ${bytes.length} bytes instead of ${keyBytes}`
    if (new Set(bytes).size < 8) return 'the key is not random'
    return new MaskKey(Uint8Array.from(bytes))
  }

  /** HMAC-SHA256 (RFC 2104) of `text` under a key of its own for `purpose` (HKDF, RFC 5869). */
  hmac(purpose: string, text: string): Buffer {
    const { inner, outer } = this.#pads(purpose)
    // Two plain digests cost a third of what an Hmac object does, and every value needs some.
    const digest = hash('sha256', this.#behind(inner, text), 'buffer')
    outer.set(digest, blockBytes)
    return hash('sha256', outer, 'buffer')
  }

  /** What stands for `index` of `size` values, another one for each and never itself. `label` tells several such tables apart. */
  other(label: string, size: number, index: number): number {
    let next = this.#cycles.get(label)
    if (next === undefined) {
      next = cycleOf(this.hmac('cycle', label), size)
      this.#cycles.set(label, next)
    }
    return next[index]!
  }

  /** For a thread of this process, which parses it again; it must not go anywhere else. */
  forThread(): string {
    return Buffer.from(this.#master).toString('hex')
  }

  /** `pad`, whose room behind the key is used again for all texts that fit. */
  #behind(pad: Buffer, text: string): Buffer {
    if (text.length > shortText / 3) return Buffer.concat([pad.subarray(0, blockBytes), Buffer.from(text)])
    return pad.subarray(0, blockBytes + pad.write(text, blockBytes, 'utf8'))
  }

  #pads(purpose: string): Pads {
    let pads = this.#derived.get(purpose)
    if (pads === undefined) {
      const key = new Uint8Array(hkdfSync('sha256', this.#master, '', `svc-mock/v1/${purpose}`, keyBytes))
      const padded = (mask: number, room: number): Buffer => {
        const pad = Buffer.alloc(blockBytes + room)
        for (let at = 0; at < blockBytes; at++) pad[at] = (key[at] ?? 0) ^ mask
        return pad
      }
      pads = { inner: padded(0x36, shortText), outer: padded(0x5c, digestBytes) }
      this.#derived.set(purpose, pads)
    }
    return pads
  }
}

/** The key with RFC 2104's ipad and opad, and room behind it for what is digested. */
interface Pads {
  readonly inner: Buffer
  readonly outer: Buffer
}

/** Of SHA-256. */
const blockBytes = 64
const digestBytes = 32
/** In bytes. */
const shortText = 384
