/**
 * Whether a text holds a value that was made up here: by its looks, or because the ledger lists it. Who asks a real service with
 * it would ask for somebody who does not exist.
 */
import { address } from './detectors/address.ts'
import { isFew } from './detectors/detector.ts'
import { personName } from './detectors/person-name.ts'
import { findIn } from './find.ts'
import type { Ledger } from './ledger.ts'
import { isFiller } from './text/filler.ts'
import { traitsOf } from './text/traits.ts'

/** Shorter words may begin so by chance. */
const marked = /svcmock|facade00[0-9a-f-]{8}|(?<![!-~])zqxj[!-~]/i

export const holdsFake = (text: string, ledger: Ledger): boolean => {
  if (marked.test(text) || isMadeUpText(text.trim())) return true
  const byLooks = findIn(text, traitsOf(text)).some(({ detector, text: found }) => {
    const canon = detector.canon(found)
    return detector.isFake(canon) || (!isFew(detector, canon) && ledger.knows(detector.type, canon))
  })
  if (byLooks) return true
  let listed = false
  ledger.search(text, (start, end) => {
    // A day or a short number may well be what is really asked for.
    listed ||= !/^[\d./:-]{1,10}$/.test(text.slice(start, end))
  })
  return listed
}

/** Words of filler, and names and addresses that nobody has; in letters of a few one word proves nothing. */
const isMadeUpText = (text: string): boolean => {
  if (/[\u3400-\u9fff]/.test(text)) return personName.isFake(text) || address.isFake(text) || isFiller(text)
  return /[A-Za-z]\s+[A-Za-z]/.test(text) && isFiller(text)
}
