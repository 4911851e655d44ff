/**
 * What recording asks of the desensitizer. Only `desensitize()` makes a CleanExchange, and only a CleanExchange is ever
 * written: whoever would write anything else does not pass the type checker.
 */
import type { Exchange } from '../core/exchange.ts'
import {
  type CleanExchange,
  desensitize,
  namesReal,
  type Outcome,
  revise,
} from '../desensitize/desensitize.ts'
import type { Policy } from '../desensitize/policy.ts'
import type { Session } from '../desensitize/session.ts'

export type { CleanExchange, KeptField, MaskedField, Outcome } from '../desensitize/desensitize.ts'

/** Lives as long as one run of recording. */
export interface Desensitizer {
  clean(exchange: Exchange): Outcome
  /** What it made clean before, once more, if a value recognised since stands in it; undefined if not. */
  revise(exchange: CleanExchange): Outcome | undefined
  /** Whether a text that is written beside what is clean (a file's name, a report) holds a real value of this run. */
  namesReal(text: string): boolean
  /** Called before fixtures are written: the ledger of fakes, on which they rely, goes first. */
  commit(): void
  /** Takes over what has been said since, in the policy say, for what comes from now on. */
  refresh?(): void
}

/** `writeLedger` is called with its text whenever it has grown. `newPolicy`: the one in force now, if it is another. */
export const desensitizerOf = (
  session: Session,
  writeLedger: (text: string) => void,
  newPolicy: () => Policy | undefined = () => undefined,
): Desensitizer => {
  let size = session.ledger.size
  return {
    clean: (exchange) => desensitize(exchange, session),
    revise: (exchange) => revise(exchange, session),
    refresh: () => {
      const policy = newPolicy()
      if (policy !== undefined) session.adopt(policy)
    },
    namesReal: (text) => namesReal(text, session),
    commit: () => {
      if (!session.ledger.changed || session.ledger.size === size) return
      writeLedger(session.ledger.text())
      size = session.ledger.size
    },
  }
}
