/** How a fake is written where something else stood: with its separators, width and case, and what stands before it (`+86`). */
import { plainForm } from './normal-text.ts'

/** From the right; what of `surface` is left over stays. */
export const signForSign = (fake: string, surface: string): string => {
  const units = [...surface]
  const places: number[] = []
  units.forEach((char, at) => {
    if (/[0-9A-Za-z]/.test(plainForm(char.codePointAt(0)!))) places.push(at)
  })
  if (places.length < fake.length) return fake
  const lower = /[a-z]/.test(surface) && !/[A-Z]/.test(surface)
  for (let i = 0; i < fake.length; i++) {
    const at = places[places.length - fake.length + i]!
    const wide = units[at]!.codePointAt(0)! > 0xff00
    const char = lower ? fake[i]!.toLowerCase() : fake[i]!
    units[at] = wide ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : char
  }
  return units.join('')
}
