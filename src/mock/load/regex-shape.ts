/** What a regular expression is made of, as far as its running time goes. Reads valid sources only. */

type Piece = 'open' | 'close' | 'alternative' | 'repeat' | 'optional' | 'reference' | 'atom'

/**
 * How many places of the expression can go more than one way. With one at most the time grows with the text, and
 * no more; back references compare texts and count as many.
 */
export const countChoices = (source: string): number => {
  let choices = 0
  for (const piece of pieces(source)) {
    if (piece === 'repeat' || piece === 'optional' || piece === 'alternative') choices++
    if (piece === 'reference') choices += 2
  }
  return choices
}

/** `(a+)+`, `(a|b?)*`: a repeated group that can itself go several ways. */
export const nestsRepetition = (source: string): boolean => {
  const choicesInside: boolean[] = []
  let closed = false
  for (const piece of pieces(source)) {
    if (piece === 'repeat' && closed) return true
    closed = false
    if (piece === 'open') choicesInside.push(false)
    else if (piece === 'close') {
      closed = choicesInside.pop() ?? false
      if (closed && choicesInside.length > 0) choicesInside[choicesInside.length - 1] = true
    } else if (piece !== 'atom' && choicesInside.length > 0) choicesInside[choicesInside.length - 1] = true
  }
  return false
}

const token =
  /\\k<|\\[1-9]|\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\(\?(?:[:=!]|<[=!]|<[^>]*>|[a-z-]+:)|[()|*+]|\{\d+(?:,\d*)?\}|\?|[\s\S]/g

function* pieces(source: string): Generator<Piece> {
  let afterRepeat = false
  for (const [text] of source.matchAll(token)) {
    const lazy: boolean = text === '?' && afterRepeat
    afterRepeat = /^(?:[*+?]|\{\d+(?:,\d*)?\})$/.test(text) && !lazy
    if (!lazy) yield kindOf(text)
  }
}

const kindOf = (text: string): Piece => {
  if (text === ')') return 'close'
  if (text.startsWith('(')) return 'open'
  if (text === '|') return 'alternative'
  if (text === '?') return 'optional'
  if (/^[*+]$|^\{\d+,\d*\}$/.test(text)) return 'repeat'
  // A fixed count repeats what it holds, which may go several ways each time.
  if (/^\{\d+\}$/.test(text)) return 'repeat'
  return text === '\\k<' || /^\\[1-9]$/.test(text) ? 'reference' : 'atom'
}
