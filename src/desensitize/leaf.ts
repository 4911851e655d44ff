/**
 * One value of one field. In this order: what the policy says; what is encoded inside it; values that are known
 * already; what the field's name says; what the text itself looks like; and, if nothing is known of it, the default.
 */
import type { Detector } from './detectors/detector.ts'
import { entropy } from './detectors/entropy.ts'
import { geo } from './detectors/geo.ts'
import { freeText, opaque } from './detectors/opaque.ts'
import { isPlaceholder, isSecretFake } from './detectors/secret-shape.ts'
import { type Edit, noEdits, type Where } from './edits.ts'
import { isNamingName } from './field-names.ts'
import { type Found, findIn } from './find.ts'
import { isHarmlessValue, isUnknownWord } from './harmless.ts'
import { editFor } from './hit.ts'
import { type Embedded, embedded } from './layers/embedded.ts'
import { plainForm } from './ledger.ts'
import type { RealValues } from './real-values.ts'
import type { Field, Rule, Run } from './run.ts'
import { normalText } from './text/normal-text.ts'
import { Ranges } from './text/ranges.ts'
import { has, isAscii, type Traits, traitsOf } from './text/traits.ts'

export const leafEdits = (text: string, field: Field, where: Where, run: Run): readonly Edit[] => {
  if (text === '' || (field.kind === 'key' && text.length < 4 && /^[\x00-\x7f]*$/.test(text))) return noEdits
  const action = run.rules.of(field.name, () => where.path())
  if (action?.do === 'drop')
    return [{ start: 0, end: text.length, text: () => (field.kind === 'number' ? '0' : '') }]
  // `{ "name": "phone", "value": … }`: what names another field is nobody's name.
  if (
    text.length < 40 &&
    field.name.length < 10 &&
    isNamingName(field.name) &&
    run.names.of(text).detectors.length > 0
  )
    return noEdits
  const traits = traitsOf(text)
  if (action?.do === 'mask') return wholeAs(action.detector, 'policy', text, traits, where, run)
  const inner = field.kind === 'text' ? embedded(text, traits, field, where, run) : undefined
  if (inner?.whole === true) return inner.edits
  const leaf = new Leaf(text, traits, field, where, run, inner)
  if (action?.do === 'keep') return leaf.known()
  return leaf.edits()
}

const trivial = /^(?:true|false|yes|no|on|off|null|none|unknown|n\/a|无|未知|-+|0)$/i

const wholeAs = (
  detector: Detector,
  rule: Rule,
  text: string,
  traits: Traits,
  where: Where,
  run: Run,
): readonly Edit[] => {
  if (isPlaceholder(text)) return noEdits
  const normal = normalText(text, isAscii(traits)).text.trim()
  const edit = editFor(run, where, { detector, rule, ...trimmed(text), text: normal })
  return edit === undefined ? noEdits : [edit]
}

/** In a sentence. */
const secretFakes = /[!-~]{0,48}svcmock[!-~]{0,512}|(?<![0-9A-Za-z])(?:999\d{3,}|zqxj[!-~]{1,11}(?![!-~]))/gi

const trimmed = (
  text: string,
): { readonly start: number; readonly end: number; readonly surface: string } => {
  const start = text.length - text.trimStart().length
  const surface = text.trim()
  return { start, end: start + surface.length, surface }
}

class Leaf {
  readonly #text: string
  readonly #traits: Traits
  readonly #field: Field
  readonly #where: Where
  readonly #run: Run
  readonly #edits: Edit[]
  /** Ranges that are dealt with, changed or not. */
  readonly #done = new Ranges()

  constructor(
    text: string,
    traits: Traits,
    field: Field,
    where: Where,
    run: Run,
    inner: Embedded | undefined,
  ) {
    this.#text = text
    this.#traits = traits
    this.#field = field
    this.#where = where
    this.#run = run
    this.#edits = inner === undefined ? [] : [...inner.edits]
    for (const { start, end } of inner?.covered ?? noEdits) this.#done.add(start, end)
  }

  /** Only values that are recognised elsewhere. */
  known(): readonly Edit[] {
    this.#wholeValue()
    this.#sweep()
    return this.#edits
  }

  edits(): readonly Edit[] {
    if (this.#wholeValue()) return this.#edits
    const { meaning } = this.#field
    if (this.#done.size === 0 && meaning.secret && this.#byName(meaning.detectors)) return this.#edits
    const found = findIn(this.#text, this.#traits)
    const covered = found.length === 1 && found[0]!.detector !== entropy && this.#covers(found[0]!)
    if (!covered && this.#done.size === 0 && meaning.detectors.length > 0) {
      if (this.#byName(meaning.detectors)) return this.#edits
      if (found.length === 0 && this.#isLikeData())
        this.#take('name', opaque, 0, this.#text.length, this.#text)
    }
    for (const one of found)
      if (one.detector !== entropy) this.#take('content', one.detector, one.start, one.end, one.text)
    this.#sweep()
    // A hash or an identifier looks drawn by lot, too, and says so.
    if (!meaning.harmless)
      for (const one of found)
        if (one.detector === entropy) this.#take('content', entropy, one.start, one.end, one.text)
    if (this.#field.kind !== 'key' && !meaning.harmless) this.#unknown()
    return this.#edits
  }

  /** Under a name that claims numbers, something with digits that fits no known form of it. */
  #isLikeData(): boolean {
    if (this.#field.kind === 'number' && !/^\d+$/.test(this.#text)) return false
    return this.#traits.digits >= 5 && !isHarmlessValue(this.#text)
  }

  #covers({ start, end, text }: Found): boolean {
    return start === 0 && end === this.#text.length
      ? true
      : plainForm(text).length + 2 >= plainForm(this.#text).length
  }

  #byName(claims: readonly Detector[]): boolean {
    const { start, end, surface } = trimmed(this.#text)
    if (surface === '' || trivial.test(surface) || isPlaceholder(surface)) return false
    // One digit is a switch or a count.
    if (this.#field.kind === 'number' && surface.length < 3) return false
    const normal = normalText(surface, isAscii(this.#traits)).text
    // `-5e-324` has a letter, and is no name.
    const isAmount = this.#field.kind === 'number' && !/^\d+$/.test(surface)
    const detector = claims.find((one) => (!isAmount || one === geo) && one.fits?.(normal) === true)
    if (detector === undefined) return false
    return this.#take('name', detector, start, end, normal)
  }

  #wholeValue(): boolean {
    const { values } = this.#run
    if (values === undefined || values.count === 0) return false
    const real =
      values.wholeField(this.#text) ??
      (isAscii(this.#traits) ? undefined : values.wholeField(normalText(this.#text, false).text.trim()))
    if (real === undefined) return false
    return this.#take('value', real.detector, 0, this.#text.length, real.canon)
  }

  #sweep(): void {
    const { values } = this.#run
    if (values === undefined || values.count === 0) return
    values.search(this.#text, (start, end, real) =>
      this.#take('value', real.detector, start, end, real.canon),
    )
    if ((this.#traits.seen & has.other) !== 0) this.#sweepNormal(values)
    if (this.#traits.digits >= 8) this.#sweepGroups(values)
    if (this.#traits.longest < 32) return
    for (const match of this.#text.matchAll(
      /(?<![0-9A-Za-z])(?:[0-9a-f]{32,64}|[0-9A-F]{32,64})(?![0-9A-Za-z])/g,
    )) {
      const known = values.byDigest(match[0])
      if (known !== undefined)
        this.#take('value', digestType(this.#run), match.index, match.index + match[0].length, match[0])
    }
  }

  /** Written in full-width or other compatibility forms. */
  #sweepNormal(values: RealValues): void {
    const normal = normalText(this.#text, false)
    if (normal.text === this.#text) return
    values.search(normal.text, (start, end, real) =>
      this.#take('value', real.detector, normal.start(start), normal.end(end), real.canon),
    )
  }

  /** `1202 0201 0990 0012`: a number that only its field's name told elsewhere. */
  #sweepGroups(values: RealValues): void {
    for (const match of this.#text.matchAll(/(?<![0-9A-Za-z])\d+(?:[ .\-·]\d+)+(?![0-9A-Za-z])/g)) {
      const compact = match[0].replace(/\D/g, '')
      const real = compact.length >= 8 ? values.known(compact) : undefined
      if (real !== undefined)
        this.#take('value', real.detector, match.index, match.index + match[0].length, real.canon)
    }
  }

  /** What is left over once everything known is taken out. */
  #unknown(): void {
    const { maskUnknown, kept } = this.#run
    if (!maskUnknown && kept === undefined) return
    const text = this.#text
    if (this.#field.kind === 'number') {
      if (this.#done.size > 0 || !/^\d{7,}$/.test(text) || isHarmlessValue(text)) return
      if (text.length <= 16) this.#takeUnknown(opaque, 0, text.length, text)
      else kept?.('number', this.#where, text)
      return
    }
    if (this.#done.size === 0 && (isHarmlessValue(text) || isPlaceholder(text))) {
      if (kept !== undefined && this.#field.meaning.detectors.length === 0 && isUnknownWord(text))
        kept('word', this.#where, text)
      return
    }
    const leave = (start: number, end: number): void => {
      this.#done.add(start, end)
    }
    this.#run.fakesIn(text, leave)
    for (const match of text.matchAll(secretFakes))
      if (isSecretFake(match[0])) leave(match.index, match.index + match[0].length)
    const rests = this.#rests()
    const isText =
      (this.#traits.seen & (has.cjk | has.other)) !== 0 ||
      /[A-Za-z] +[A-Za-z]/.test(text) ||
      this.#done.size > 0
    for (const { start, end } of rests) {
      const piece = text.slice(start, end)
      if (!/[\p{L}\p{N}]/u.test(piece)) continue
      this.#takeUnknown(isText ? freeText : opaque, start, end, piece)
    }
  }

  #takeUnknown(detector: Detector, start: number, end: number, piece: string): void {
    const { maskUnknown, kept } = this.#run
    if (maskUnknown) this.#take('unknown', detector, start, end, piece)
    else if (!this.#run.isFake(detector, detector.canon(piece)))
      kept?.(detector === opaque ? 'opaque' : 'free-text', this.#where, piece)
  }

  #rests(): { readonly start: number; readonly end: number }[] {
    const rests: { start: number; end: number }[] = []
    let at = 0
    for (const { start, end } of this.#done.all) {
      if (start > at) rests.push({ start: at, end: start })
      at = Math.max(at, end)
    }
    if (at < this.#text.length) rests.push({ start: at, end: this.#text.length })
    return rests
  }

  /** `text` is the normal form of what stands there. False where something is dealt with already. */
  #take(rule: Rule, detector: Detector, start: number, end: number, text: string): boolean {
    if (!this.#done.add(start, end)) return false
    const surface = this.#text.slice(start, end)
    const edit = editFor(this.#run, this.#where, { detector, rule, start, end, surface, text })
    if (edit !== undefined) this.#edits.push(edit)
    return true
  }
}

const digestType = (run: Run): Detector => run.names.of('mobileMd5').detectors[0]!
