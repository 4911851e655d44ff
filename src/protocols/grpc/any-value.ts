/** Stands in a message for a value that only a call will bring: it fits every field, and is left out of the bytes. */
const marker = '\u0000any\u0000'

/** As JSON. */
export const anyValue = JSON.stringify(marker)

/** Alone, or among other text. */
export const isAnyValue = (value: unknown): boolean => typeof value === 'string' && value.includes(marker)
