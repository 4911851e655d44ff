/** Collects paths and hands them over together: after a quiet moment, or when the first has waited long enough. */
export class Batch {
  #paths = new Set<string>()
  #quiet: NodeJS.Timeout | undefined
  #deadline: NodeJS.Timeout | undefined
  #closed = false
  readonly #hand: (paths: ReadonlySet<string>) => void
  readonly #quietMs: number
  readonly #maxWaitMs: number

  constructor(hand: (paths: ReadonlySet<string>) => void, quietMs: number, maxWaitMs: number) {
    this.#hand = hand
    this.#quietMs = quietMs
    this.#maxWaitMs = maxWaitMs
  }

  add(path: string): void {
    if (this.#closed) return
    this.#paths.add(path)
    if (this.#quiet === undefined) this.#quiet = setTimeout(() => this.#flush(), this.#quietMs)
    else this.#quiet.refresh()
    this.#deadline ??= setTimeout(() => this.#flush(), this.#maxWaitMs)
  }

  close(): void {
    this.#closed = true
    this.#stop()
    this.#paths.clear()
  }

  #flush(): void {
    this.#stop()
    const paths = this.#paths
    this.#paths = new Set()
    if (paths.size > 0) this.#hand(paths)
  }

  #stop(): void {
    clearTimeout(this.#quiet)
    clearTimeout(this.#deadline)
    this.#quiet = undefined
    this.#deadline = undefined
  }
}
