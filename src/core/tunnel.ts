/** Two connections joined byte for byte, with back-pressure, half-closing, and no error left unheard. */
import type { Duplex } from 'node:stream'

/**
 * One side has said its last word and the other says nothing: whoever closed outright looks the same as whoever
 * still listens, and its connection must not stay for ever.
 */
const halfClosedMs = 60_000

export const joinTunnel = (left: Duplex, right: Duplex, silenceMs = halfClosedMs): void => {
  left.pipe(right)
  right.pipe(left)
  const endBoth = (): void => {
    left.destroy()
    right.destroy()
  }
  left.on('error', endBoth)
  right.on('error', endBoth)
  let timer: NodeJS.Timeout | undefined
  const onceEnded = (): void => {
    if (timer !== undefined) return
    timer = setTimeout(endBoth, silenceMs)
    const spoken = (): void => void timer!.refresh()
    left.on('data', spoken)
    right.on('data', spoken)
  }
  left.on('end', onceEnded)
  right.on('end', onceEnded)
  const closed = (other: Duplex) => (): void => {
    clearTimeout(timer)
    other.destroy()
  }
  left.on('close', closed(right))
  right.on('close', closed(left))
}
