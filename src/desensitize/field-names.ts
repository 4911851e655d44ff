/** What the name of a field tells of its value. Names in English, Chinese and pinyin, joined in any of the usual ways. */

import type { Detector } from './detectors/detector.ts'
import { detectors } from './detectors/index.ts'
import { isHarmlessName } from './harmless.ts'

export interface FieldMeaning {
  /** Those that claim the name; the first whose `fits` holds for a value has it. */
  readonly detectors: readonly Detector[]
  readonly secret: boolean
  /** Says something technical: its value need not be masked for being unknown. */
  readonly harmless: boolean
}

const nothing: FieldMeaning = { detectors: [], secret: false, harmless: false }
const technical: FieldMeaning = { detectors: [], secret: false, harmless: true }

const byName = new Map<string, Detector[]>()
for (const detector of detectors)
  for (const name of detector.names ?? []) {
    const claimed = byName.get(name)
    if (claimed === undefined) byName.set(name, [detector])
    else claimed.push(detector)
  }

const digestDetector = detectors.find(({ type }) => type === 'digest')!
const personDetector = detectors.find(({ type }) => type === 'person-name')!
/** At the end of a longer name written without separators: `contactphone`. */
const endings = [...byName.keys()]
  .filter((name) => name.length >= 5 && /^[a-z0-9]+$/.test(name))
  .sort((a, b) => b.length - a.length)
const chineseNames = [...byName.keys()]
  .filter((name) => /[^\x00-\x7f]/.test(name))
  .sort((a, b) => b.length - a.length)

/** Say how the value is meant rather than what it is, and are looked past. */
const neutral = new Set(
  'no num number value val str text list arr array home work office new old backup primary secondary main original raw plain full masked mask display desensitized encrypted encrypt cipher enc base64 input my user customer'.split(
    ' ',
  ),
)
/** Make something else of what stands before: `phoneType`, `passwordExpired`. */
const turning = new Set(
  'type types status state count total flag verified enabled disabled required valid invalid length format regex pattern hint label time date at expires expired expire expiry expiration ttl policy level times size limit index attempts error errors url uri endpoint method algorithm alg kind mode scope prefix version strength changed updated created visible bound binding exists exist bank province city region country source channel'.split(
    ' ',
  ),
)
const digests = new Set(['md5', 'sha1', 'sha256', 'sha', 'hash', 'digest'])

/** Whose `name` is a person's. */
const people = new Set(
  'user customer person owner contact contacts receiver recipient sender buyer seller member patient applicant holder employee staff driver student teacher author payer payee profile consignee guest passenger insured beneficiary guarantor operator spouse child children parent people users customers members employees passengers contactor linkman 用户 客户 联系人 乘客 患者'.split(
    ' ',
  ),
)

/** Parts of a name: at capitals, digits and separators; what is not Latin stays together. */
export const wordsOfName = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')

/** Also with a number behind it, and of several: `phone2`, `phones`. */
const known = (name: string): readonly Detector[] | undefined =>
  byName.get(name) ??
  byName.get(name.replace(/\d+$/, '')) ??
  (name.length > 4 && /[^s]s$/.test(name)
    ? (byName.get(name.slice(0, -1)) ?? byName.get(name.slice(0, -2)))
    : undefined)

const lookUp = (words: readonly string[]): readonly Detector[] | undefined => {
  for (let from = 0; from < words.length; from++) {
    const found = known(words.slice(from).join(''))
    if (found !== undefined) return found
  }
  return undefined
}

const meaningOf = (name: string): FieldMeaning => {
  const words = wordsOfName(name)
  if (words.length === 0) return nothing
  const exact = known(words.join(''))
  if (exact !== undefined) return claimedBy(exact)
  while (words.length > 1 && /^\d+$/.test(words.at(-1)!)) words.pop()
  const last = words.at(-1)!
  if (digests.has(last) && words.length > 1) {
    const base = lookUp(words.slice(0, -1))
    if (base !== undefined) return claimedBy(base[0]!.kind === 'secret' ? base : [digestDetector])
  }
  if (turning.has(last)) return technical
  const trimmed = [...words]
  for (;;) {
    const found = lookUp(trimmed)
    if (found !== undefined) return claimedBy(found)
    if (trimmed.length < 2 || !neutral.has(trimmed.at(-1)!)) break
    trimmed.pop()
  }
  const joined = words.join('')
  // The last word may be several, written without separators: `x-contactphone`.
  const ending = endings.find((known) => last.endsWith(known) && last.length > known.length)
  if (ending !== undefined) return claimedBy(byName.get(ending)!)
  if (/[^\x00-\x7f]/.test(joined)) {
    const chinese = chineseNames.find((known) => joined.includes(known))
    if (chinese !== undefined) return claimedBy(byName.get(chinese)!)
  }
  return isHarmlessName(words) ? technical : nothing
}

const claimedBy = (claims: readonly Detector[]): FieldMeaning => ({
  detectors: claims,
  secret: claims[0]!.kind === 'secret',
  harmless: false,
})

const person: FieldMeaning = { detectors: [personDetector], secret: false, harmless: false }
const cacheAtMost = 20_000

/** Remembers what it was asked, since a recording has the same fields again and again. */
export class FieldNames {
  readonly #known = new Map<string, FieldMeaning>()

  /** `parent` is the name of the object that the field is in. */
  of(name: string, parent = ''): FieldMeaning {
    let meaning = this.#known.get(name)
    if (meaning === undefined) {
      // A map by names of people or numbers has as many names as it has entries.
      if (this.#known.size >= cacheAtMost) this.#known.clear()
      meaning = name.length > 100 ? nothing : meaningOf(name)
      this.#known.set(name, meaning)
    }
    if (meaning.detectors.length > 0) return meaning
    return /^name$|^名称$/i.test(name) && people.has(wordsOfName(parent).at(-1) ?? '') ? person : meaning
  }
}

/** What stands under these is meant by the field around it, or by a name beside it: `{ "name": "token", "value": "…" }`. */
export const isValueName = (name: string): boolean =>
  /^(?:value|val|values|data|content|text|_|#text|\$t|v|stringvalue|string_value)$/i.test(name)
export const isNamingName = (name: string): boolean =>
  /^(?:name|key|field|param|k|attr|attribute|property|label|字段|名称)$/i.test(name)
