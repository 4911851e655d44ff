/** Documents of Pact files as values that mock files can hold. */
import { ExactNumber, isFields } from '../json-value.ts'

/** Integers of any length as bigint; a number's own spelling (`100.0`) is not kept. */
export const plainValue = (value: unknown): unknown => {
  if (value instanceof ExactNumber) {
    if (!/^-?\d+$/.test(value.text)) return Number(value.text)
    const number = Number(value.text)
    return Number.isSafeInteger(number) ? number : BigInt(value.text)
  }
  if (Array.isArray(value)) return value.map(plainValue)
  if (isFields(value))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plainValue(one)]))
  return value
}

/** Whether a number's spelling would be lost. */
export const losesSpelling = (value: unknown): boolean => {
  if (value instanceof ExactNumber) return !/^-?\d+$/.test(value.text)
  return typeof value === 'object' && value !== null && Object.values(value).some(losesSpelling)
}
