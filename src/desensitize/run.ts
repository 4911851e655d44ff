/** What the walk through a document needs from whoever started it: a recording that masks, or a scan that only looks. */
import type { Detector } from './detectors/detector.ts'
import type { Edit, Where } from './edits.ts'
import type { FieldMeaning, FieldNames } from './field-names.ts'
import type { FieldRules } from './policy.ts'
import type { RealValues } from './real-values.ts'

/** By what a value was recognised. */
export type Rule = 'position' | 'name' | 'content' | 'value' | 'unknown' | 'policy'

export interface Run {
  readonly names: FieldNames
  readonly rules: FieldRules
  /** Free text and opaque strings of unknown fields are replaced as well. */
  readonly maskUnknown: boolean
  /** Where there is no key nothing is remembered. */
  readonly values: RealValues | undefined
  readonly limits: Limits
  /** Runs of base64 characters of this length are tried: words have as many, so short ones only when something is left. */
  readonly runAtLeast: number
  /** leaf.ts, which looks into layers that ask it in turn. */
  leaf(text: string, field: Field, where: Where): readonly Edit[]
  /** Made up already, or a declared test account. */
  isFake(detector: Detector, canon: string): boolean
  /** Where fakes stand in a text of unknown meaning. */
  fakesIn(text: string, found: (start: number, end: number) => void): void
  /** Remembers a real value; what takes its place, asked for when the whole exchange is known. */
  replace(detector: Detector, canon: string, surface: string): () => string
  /** Counts bytes that were packed inside something; false when there have been too many of them. */
  unpacked(bytes: number): boolean
  report(finding: RunFinding): void
  /**
   * Asked for only where somebody wants to decide: a value stays, and nothing is known of its field. `looks`: what the
   * value is like.
   */
  readonly kept?: ((looks: Looks, where: Where, text: string) => void) | undefined
  /** Something that could hold anything, since it cannot be read. */
  undecodable(where: Where, at: number, reason: string): void
}

/** Words of a program, long numbers, and what would have been masked if desensitize.yaml did not say `unknown: keep`. */
export type Looks = 'word' | 'number' | 'opaque' | 'free-text'

export interface RunFinding {
  readonly detector: Detector
  readonly rule: Rule
  readonly path: string
  /** In the outermost text. */
  readonly offset: number
  /** What takes its place, asked for when the whole exchange is known. */
  readonly fake?: () => string
}

export interface Limits {
  /** Layers within layers. */
  readonly depth: number
  /** Bytes after decompression, of a body and of all that is packed inside it. */
  readonly bytes: number
}

export const defaultLimits: Limits = { depth: 8, bytes: 32 * 1024 * 1024 }

/** The field that a text is the value of. */
export interface Field {
  readonly name: string
  readonly meaning: FieldMeaning
  /** `key`: the text is a name itself, which may be a telephone number, but is not masked for being unknown. */
  readonly kind: 'text' | 'number' | 'key'
  /** How many layers lie around it. */
  readonly depth: number
}
