/** notify-keyspace-events: which changes of keys are published, and on which channels. */

const classes = 'g$lshzxetdmn'

/** Letters that stand for others: all classes but `m` and `n`. */
const all = 'g$lshzxetd'

/** The setting's letters as Redis keeps them; undefined: one of them is none. */
export const readEvents = (text: string): ReadonlySet<string> | undefined => {
  const letters = new Set<string>()
  for (const letter of text) {
    if (letter === 'A') for (const one of all) letters.add(one)
    else if (letter === 'K' || letter === 'E' || classes.includes(letter)) letters.add(letter)
    else return undefined
  }
  return letters
}

/** As CONFIG GET shows them. */
export const shownEvents = (letters: ReadonlySet<string>): string => {
  const every = [...all].every((letter) => letters.has(letter))
  const own = every ? 'A' : [...'g$lshzxetd'].filter((letter) => letters.has(letter)).join('')
  return own + [...'KEmn'].filter((letter) => letters.has(letter)).join('')
}
