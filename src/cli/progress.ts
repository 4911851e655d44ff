/** One line on a terminal that is written again and again, and gives way to what else is said. */
import type { Output } from './output.ts'

const everyMs = 250

export interface Progress {
  /** A line above it. */
  say(text: string): void
  end(): void
}

/** `text` is asked for each time, and told how many columns there are; elsewhere than on a terminal nothing moves. */
export const startProgress = (
  out: Output,
  stream: NodeJS.WriteStream,
  text: (columns: number) => string,
): Progress => {
  const moves = stream.isTTY === true && !out.quiet && !out.json
  const clear = (): void => {
    if (moves) stream.write('\r\x1b[K')
  }
  const draw = (): void => {
    clear()
    if (moves) stream.write(text(Math.max(1, (stream.columns ?? 80) - 1)))
  }
  const timer = moves ? setInterval(draw, everyMs) : undefined
  return {
    say: (line) => {
      clear()
      out.log(line)
      if (moves) draw()
    },
    end: () => {
      clearInterval(timer)
      clear()
    },
  }
}
