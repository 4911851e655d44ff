/** One fake for one value, always the same for the same key, and never one that stands for something else. */
import type { Detector } from './detectors/detector.ts'
import { Draw } from './draw.ts'
import type { Ledger } from './ledger.ts'
import type { MaskKey } from './mask-key.ts'

const attempts = 200

/** Every fake of this length and kind is taken: nothing can be written. */
export class NoFakeLeft extends Error {
  constructor(type: string) {
    super(`no ${type} of this length is left that is not taken`)
  }
}

export class Fakes {
  readonly #key: MaskKey
  readonly #ledger: Ledger
  readonly #known = new Map<string, string>()
  readonly #isReal: (canon: string) => boolean

  /** `isReal` knows the real values of this run: no fake may be one of them, or hold one. */
  constructor(key: MaskKey, ledger: Ledger, isReal: (canon: string) => boolean) {
    this.#key = key
    this.#ledger = ledger
    this.#isReal = isReal
  }

  /** Throws NoFakeLeft. */
  of(detector: Detector, canon: string): string {
    const id = `${detector.type}\0${canon}`
    let fake = this.#known.get(id)
    if (fake === undefined) {
      fake = detector.kind === 'secret' ? this.#secret(detector, canon) : this.#personal(detector, canon)
      this.#known.set(id, fake)
    }
    return fake
  }

  /** The fake of `canon` if it is asked for now; nothing is remembered, so that any number of values may be tried. */
  peek(detector: Detector, canon: string): string | undefined {
    const purpose = detector.kind === 'secret' ? 'secret' : detector.type
    const h = this.#digest(detector.type, canon)
    const kept = detector.kind === 'secret' ? undefined : this.#ledger.fakeOf(detector.type, h)
    if (kept !== undefined) return kept
    const fake = detector.fake(canon, new Draw(this.#key, purpose, canon, 0))
    const owner = this.#ledger.ownerOf(detector.type, fake)
    return owner === undefined || owner === h ? fake : undefined
  }

  /** That `fake`, worked out from the fake of another value, stands for `canon`. */
  register(detector: Detector, canon: string, fake: string): void {
    if (detector.kind === 'secret' || detector.wide === true) return
    const h = this.#digest(detector.type, canon)
    if (this.#ledger.fakeOf(detector.type, h) !== fake) this.#ledger.add(detector.type, h, fake)
  }

  #secret(detector: Detector, canon: string): string {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const fake = detector.fake(canon, new Draw(this.#key, 'secret', canon, attempt))
      if (fake !== canon && (!this.#isReal(fake) || attempt > 20)) return fake
    }
    throw new NoFakeLeft(detector.type)
  }

  #personal(detector: Detector, canon: string): string {
    const { type } = detector
    // What needs no ledger needs no digest for it either.
    const h = detector.wide === true ? '' : this.#digest(type, canon)
    const kept = detector.wide === true ? undefined : this.#ledger.fakeOf(type, h)
    // A value recognised since may be what an older run drew as a fake; then another one is needed.
    if (kept !== undefined && kept !== canon) return kept
    for (let attempt = 0; attempt < attempts; attempt++) {
      const fake = detector.fake(canon, new Draw(this.#key, type, canon, attempt))
      if (fake === canon) continue
      const owner = this.#ledger.ownerOf(type, fake)
      const free = owner === undefined || owner === h
      // Of few values none may be free, or all may be somebody's; then the last one is as good as any.
      const few = detector.shared === true
      if (!free && !(few && attempt >= attempts - 20)) continue
      if (this.#isReal(fake) && !(few && attempt >= 60)) continue
      if (detector.wide !== true) this.#ledger.add(type, h, fake)
      return fake
    }
    throw new NoFakeLeft(type)
  }

  #digest(type: string, canon: string): string {
    return this.#key.hmac('ledger', `${type}\0${canon}`).toString('hex').slice(0, 32)
  }
}
