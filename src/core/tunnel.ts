/** Two connections joined byte for byte, with back-pressure, half-closing, and no error left unheard. */
import type { Duplex } from 'node:stream'

export const joinTunnel = (left: Duplex, right: Duplex): void => {
  left.pipe(right)
  right.pipe(left)
  const endBoth = (): void => {
    left.destroy()
    right.destroy()
  }
  left.on('error', endBoth)
  right.on('error', endBoth)
  left.on('close', () => right.destroy())
  right.on('close', () => left.destroy())
}
