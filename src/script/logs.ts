/** What a script logs becomes part of its call's line. */
import type { Call } from '../core/call.ts'

export const noteLogs = ({ context }: Call, logs: readonly string[]): void => {
  if (logs.length === 0) return
  // A terminal must not obey what a script says.
  const text = logs.join('; ').replace(/[\p{Cc}\p{Cf}]/gu, ' ')
  context.note = [context.note, text]
    .filter((part) => part !== undefined)
    .join('; ')
    .slice(0, 1_000)
}
