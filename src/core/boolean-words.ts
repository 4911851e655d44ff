/** Words that YAML reads as text, whatever people and older parsers mean by them. */

const booleanMeant = (word: string): boolean | undefined => {
  if (/^(yes|on|y|true)$/i.test(word)) return true
  return /^(no|off|n|false)$/i.test(word) ? false : undefined
}

/** What to do about a text that stands where true or false is meant. */
export const booleanHint = (value: unknown): string | undefined => {
  const meant = typeof value === 'string' ? booleanMeant(value) : undefined
  return meant === undefined ? undefined : `write ${meant}; YAML reads ${value} as text`
}
