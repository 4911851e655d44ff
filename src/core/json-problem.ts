/**
 * Why a text is no JSON, and where. The engine's own message quotes the text around the place, which may be a
 * secret; here only the place is told.
 */

/** How much of the text the engine quotes on each side of the place. */
const quoted = 10

export const jsonProblem = (text: string, error: Error): string => {
  const { reason, position } = jsonMistake(text, error)
  return `not valid JSON: ${reason}${position === undefined ? '' : ` at ${place(text, position)}`}`
}

/** `position`: offset in the text, where the engine tells it. */
export const jsonMistake = (
  text: string,
  error: Error,
): { readonly reason: string; readonly position: number | undefined } => {
  const [what, quote] = error.message.split(/, (?=(?:\.\.\.)?")/, 2) as [string, string?]
  const reason = what
    .replace(/ in JSON at position \d+.*$/s, '')
    .replace(/^Unexpected token .*$/s, 'unexpected character')
  return { reason: lowerFirst(reason), position: positionOf(text, error.message, quote) }
}

const positionOf = (text: string, message: string, quote: string | undefined): number | undefined => {
  const told = /at position (\d+)/.exec(message)
  if (told !== null) return Number(told[1])
  if (/end of JSON input/.test(message)) return text.length
  if (quote === undefined) return undefined
  const inside = /^(\.\.\.)?"(.*?)"(?:\.\.\.)? is not valid JSON$/s.exec(quote)
  const surroundings = inside?.[2]
  if (surroundings === undefined) return undefined
  return inside?.[1] === undefined ? firstBroken(text) : text.indexOf(surroundings) + quoted
}

/** Near the start: the shortest beginning of the text that the engine refuses for a character and not for its end. */
const firstBroken = (text: string): number | undefined => {
  for (let length = 1; length <= Math.min(text.length, 4 * quoted); length++) {
    try {
      JSON.parse(text.slice(0, length))
    } catch (error) {
      if ((error as Error).message.startsWith('Unexpected token')) return length - 1
    }
  }
  return undefined
}

const place = (text: string, position: number): string => {
  const before = text.slice(0, position).split('\n')
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
