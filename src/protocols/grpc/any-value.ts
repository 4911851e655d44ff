/** Stands in a message for a value that only a call will bring: it fits every field, and is left out of the bytes. */
export const anyValue: object = Object.freeze({ toString: () => '0', toJSON: () => 0 })
