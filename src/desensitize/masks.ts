/** Whether a fake stands for a value: what `$masked` asks, so that calls with real data match what was recorded of them. */
import { Fakes } from './fakes.ts'
import type { Ledger } from './ledger.ts'
import type { MaskKey } from './mask-key.ts'
import { maskableTypes } from './policy.ts'
import { normalText } from './text/normal-text.ts'

export type Masks = (type: string, value: string, fake: string) => boolean

export const createMasks = (key: MaskKey, ledger: Ledger): Masks => {
  const fakes = new Fakes(key, ledger, () => false)
  return (type, value, fake) => {
    const detector = maskableTypes.get(type)
    if (detector === undefined) return false
    const canonOf = (text: string): string =>
      detector.canon(normalText(text, /^[\x00-\x7f]*$/.test(text)).text.trim())
    const wanted = canonOf(fake)
    const canon = canonOf(value)
    return canon === wanted || fakes.peek(detector, canon) === wanted
  }
}
