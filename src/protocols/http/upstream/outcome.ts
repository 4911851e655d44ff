/** How an exchange with an upstream is settled. */
import type { Reply } from '../../../core/reply.ts'

/** Once, by either. */
export interface Outcome {
  reply(reply: Reply): void
  /** Nothing has been replied yet. */
  failed(error: Error): void
}

/** Methods that change nothing (RFC 9110 section 9.2.1): asking twice does no harm. */
export const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
