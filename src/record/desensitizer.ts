/**
 * What recording asks of the desensitizer. Only it makes a CleanExchange, and only a CleanExchange is ever written:
 * whoever would write anything else does not pass the type checker.
 */
import type { Exchange } from '../core/exchange.ts'

declare const clean: unique symbol

/** An exchange in which every sensitive value has been replaced by its fake. */
export interface CleanExchange extends Exchange {
  readonly [clean]: true
}

export interface MaskedField {
  /** `request.body.customer.phone`. */
  readonly path: string
  readonly type: string
  readonly rule: string
}

export type Cleaned =
  | { readonly kind: 'clean'; readonly exchange: CleanExchange; readonly masked: readonly MaskedField[] }
  /** It could not be read to its bottom. Reasons are words, without any of the content. */
  | {
      readonly kind: 'quarantine'
      readonly reasons: readonly { readonly path: string; readonly reason: string }[]
    }

/** Lives as long as one run of recording. */
export interface Desensitizer {
  /** Anything that it throws counts as quarantine; nothing of the exchange is kept then. */
  clean(exchange: Exchange): Cleaned
  /** What it made clean before, once more, if a value recognised since stands in it; undefined if not. */
  revise(exchange: CleanExchange): Cleaned | undefined
  /** Whether a text that is about to be written beside fixtures (a name of a file, a report) holds a real value of this run. */
  namesReal(text: string): boolean
  /** Called before fixtures are written: what they rely on (the ledger of fakes) goes first. */
  commit(): void
}
