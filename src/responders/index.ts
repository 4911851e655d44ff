/** Ways to answer, in the order in which a mock's keys are looked at. Add a file and a line. */
import type { Responder } from '../core/responder.ts'
import { scriptResponder } from './script.ts'
import { staticResponder } from './static.ts'
import { upstreamResponder } from './upstream.ts'

export const responders: readonly Responder[] = [staticResponder, scriptResponder, upstreamResponder]
