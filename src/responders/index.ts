/** Ways to answer, in the order in which a mock's keys are looked at. Add a file and a line. */
import type { Responder } from '../core/responder.ts'
import { scriptResponder } from './script.ts'
import { sequenceResponder } from './sequence.ts'
import { staticResponder } from './static.ts'
import { upstreamResponder } from './upstream.ts'
import { upstreamPatch } from './upstream-patch.ts'

export const responders: readonly Responder[] = [
  staticResponder,
  sequenceResponder,
  scriptResponder,
  upstreamPatch,
  upstreamResponder,
]
