/** What a run tells of itself, as plain data: it goes between threads, and into the report in JSON. No real value is in it. */
import type { Looks, Rule } from '../desensitize/run.ts'
import type { Kept } from './fixture-store.ts'

/** What a progress line shows. */
export interface RecordStats {
  /** Exchanges looked at. */
  readonly calls: number
  /** Different requests and answers among them. */
  readonly distinct: number
  readonly files: number
  /** Values masked, by type. */
  readonly masked: Readonly<Record<string, number>>
  /** Exchanges that could not be made clean, and are not written. */
  readonly quarantined: number
  /** Exchanges that are no fixture, by reason. */
  readonly skipped: Readonly<Record<string, number>>
}

/** What the thread of the calls has counted. */
export interface Losses {
  /** The queue was full. */
  readonly dropped: number
  /** Larger than the limit for one exchange. */
  readonly tooLarge: number
  /** Broken off by either side. */
  readonly brokenOff: number
  /** Nothing says the version of what answered; by service. */
  readonly withoutVersion: Readonly<Record<string, number>>
}

export const noLosses: Losses = { dropped: 0, tooLarge: 0, brokenOff: 0, withoutVersion: {} }

/** More different values of a field are not counted. */
export const differentAtMost = 21

export interface FieldRow {
  readonly service: string
  /** `request.body.items[*].phone`. */
  readonly path: string
  readonly count: number
  /** Different values, up to `differentAtMost`; only where nothing is known of the field. */
  readonly different?: number
}

export interface MaskedRow extends FieldRow {
  readonly type: string
  readonly rule: Rule
  /** What stands there now. */
  readonly example?: string
}

/** A field that stays although nothing is known of it. */
export interface KeptRow extends FieldRow {
  readonly looks: Looks
}

export interface FileRow {
  readonly file: string
  readonly service: string
  readonly operation: string
  readonly case?: string
  /** Or messages. */
  readonly requests: number
  readonly answers: number
  readonly kept?: Kept
  readonly volatile: readonly { readonly place: string; readonly kind: string }[]
  readonly notes: readonly string[]
}

/** Exchanges of one operation that could not be made clean, for one reason. */
export interface QuarantineRow {
  readonly service: string
  readonly operation: string
  /** Of what could not be read, `reply.body`; '' where it is the whole. */
  readonly path: string
  readonly reason: string
  count: number
  /** Of all their bodies, as they came. */
  bytes: number
  /** Of `count`, those that could be made clean when the run ended. */
  recovered: number
}

/** With what the fakes were made. */
export interface ReportOrigin {
  readonly keyId: string
  /** Of desensitize.yaml, 16 hexadecimal digits; undefined where there is none. */
  readonly policyHash: string | undefined
}

export interface ReportData extends RecordStats {
  readonly origin?: ReportOrigin | undefined
  readonly fixtures: readonly FileRow[]
  /** Unknown ones first. */
  readonly fields: readonly MaskedRow[]
  /** Told only where somebody wants to decide: --strict and --learn. */
  readonly keptFields: readonly KeptRow[]
  readonly quarantine: readonly QuarantineRow[]
}
