/** Names of properties that expressions in a page may not use, when they are compiled and when they run. */

/** By these a function could be made of text, or what all functions share be changed. */
export const refusedKeys: ReadonlySet<string> = new Set([
  'constructor',
  'prototype',
  '__proto__',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
  'getPrototypeOf',
  'setPrototypeOf',
  'getOwnPropertyDescriptor',
  'getOwnPropertyDescriptors',
  'defineProperty',
  'defineProperties',
])

/** In the text of a compiled expression, what a computed key passes. */
export const keyCheck = '$key'

/** The key as it is used: made a text here, so that it cannot become another one behind the check. */
export const checkedKey = (key: unknown): string | number | symbol => {
  if (typeof key === 'number' || typeof key === 'symbol') return key
  const text = String(key)
  if (refusedKeys.has(text)) throw new TypeError(`${text} cannot be used in a page`)
  return text
}
