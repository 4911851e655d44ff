/**
 * Pieces of a long body are garbage as soon as they are written, but they lie outside V8's heap: it would let 64 MB
 * of them pile up before it looks. A minor collection now and then, about a millisecond, keeps a gigabyte that passes
 * from being seen in the process's size.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const piecesBytes = 3 * 2 ** 20

type Collect = (options: { readonly type: 'minor' }) => void

export class StreamedMemory {
  private pending = 0
  private collect: Collect | undefined

  /** Counts bytes that were handed on. */
  passed(bytes: number): void {
    this.pending += bytes
    if (this.pending < piecesBytes) return
    this.pending = 0
    this.collect ??= exposed()
    this.collect({ type: 'minor' })
  }
}

/** V8's own collector, which it shows only to contexts that are made while the flag is set. */
const exposed = (): Collect => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as Collect
  setFlagsFromString('--no-expose-gc')
  return collect
}
