/**
 * What may not be written as a fixture, until the run ends: encrypted in a file outside the work tree, under a key that
 * this object alone has. So nothing is lost that a late insight could save, and nothing can be read once the run is over,
 * whatever becomes of the file.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import type { RawRecord } from './records.ts'

export interface QuarantineOptions {
  /** Absolute; it must not exist. undefined: there is no place for one, and nothing is taken. */
  readonly file: string | undefined
  readonly bytesAtMost?: number
}

/** NIST SP 800-38D: 96 bits of nonce, never twice under one key, and 128 bits of tag. */
const cipher = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

interface Held<About> {
  /** All but the exchange: what is not of the call itself. */
  readonly beside: Omit<RawRecord, 'exchange'>
  readonly about: About
  readonly offset: number
  readonly length: number
}

/** `About` tells of an exchange without quoting it; it stays in memory. */
export class Quarantine<About> {
  readonly #options: QuarantineOptions
  readonly #key = randomBytes(32)
  #held: Held<About>[] = []
  #file: number | undefined
  #size = 0

  constructor(options: QuarantineOptions) {
    this.#options = options
  }

  /** False: there is no room for it, or no place; then it is gone. */
  put({ exchange, ...beside }: RawRecord, about: About): boolean {
    const { file, bytesAtMost = 64 * 2 ** 20 } = this.#options
    if (file === undefined) return false
    const sealed = this.#sealed(serialize(exchange), this.#held.length)
    if (this.#size + sealed.length > bytesAtMost) return false
    try {
      this.#file ??= openSync(file, 'wx+', 0o600)
      for (let at = 0; at < sealed.length; )
        at += writeSync(this.#file, sealed, at, sealed.length - at, this.#size + at)
    } catch {
      // A full disk, or rights that are missing: what cannot be kept safely is not kept.
      return false
    }
    this.#held.push({ beside, about, offset: this.#size, length: sealed.length })
    this.#size += sealed.length
    return true
  }

  /** Everything, once, in the order in which it came. */
  *take(): Generator<{ readonly record: RawRecord; readonly about: About }> {
    const held = this.#held
    this.#held = []
    for (const [number, { beside, about, offset, length }] of held.entries())
      yield { record: { ...beside, exchange: deserialize(this.#opened(offset, length, number)) }, about }
  }

  /** The file goes, and with this object the key. */
  close(): void {
    this.#held = []
    if (this.#file === undefined) return
    closeSync(this.#file)
    this.#file = undefined
    this.#key.fill(0)
    rmSync(this.#options.file!, { force: true })
  }

  #sealed(plain: Buffer, number: number): Buffer {
    const nonce = randomBytes(nonceBytes)
    const sealing = createCipheriv(cipher, this.#key, nonce)
    sealing.setAAD(Buffer.from(String(number)))
    const bytes = Buffer.concat([sealing.update(plain), sealing.final()])
    plain.fill(0)
    return Buffer.concat([nonce, sealing.getAuthTag(), bytes])
  }

  #opened(offset: number, length: number, number: number): Buffer {
    const sealed = Buffer.alloc(length)
    for (let at = 0; at < length; ) {
      const read = readSync(this.#file!, sealed, at, length - at, offset + at)
      if (read === 0) throw new Error('the quarantine has been cut off')
      at += read
    }
    const opening = createDecipheriv(cipher, this.#key, sealed.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    })
    opening.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
    opening.setAAD(Buffer.from(String(number)))
    return Buffer.concat([opening.update(sealed.subarray(nonceBytes + tagBytes)), opening.final()])
  }
}
