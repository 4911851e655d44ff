/** A service's faults, in svc-mock.yaml and in drills: compiled, and held against what the service's protocol can do. */
import type { Fault } from '../core/fault.ts'
import { compileFault, type FaultSpec } from '../core/fault-spec.ts'
import { SpecError } from '../core/matcher.ts'
import type { Path } from '../yaml/tree.ts'
import type { Complaint } from './report.ts'

/** What a connection without messages knows nothing of. */
const needMessages = ['status', 'bandwidth', 'slowBody'] as const

/** undefined: `complain` was told why. */
export const readFault = (
  spec: FaultSpec,
  protocol: string,
  complain: (path: Path, complaint: Complaint) => void,
): Fault | undefined => {
  try {
    if (['tcp', 'redis', 'kafka'].includes(protocol)) checkConnection(spec, protocol)
    return compileFault(spec)
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    complain(error.path, { message: error.message, hint: error.hint, onKey: error.onKey })
    return undefined
  }
}

const checkConnection = (spec: FaultSpec, protocol: string): void => {
  const hint = `a ${protocol} service can have delay, jitter, and abort: reset, close, empty or timeout`
  const what = protocol === 'tcp' ? 'tcp has none' : `of ${protocol} a fault strikes whole connections`
  for (const key of needMessages) {
    if (spec[key] !== undefined) throw new SpecError(`${key} needs replies, and ${what}`, [key], hint, true)
  }
  if (spec.abort === 'malformed')
    throw new SpecError(
      `malformed is a broken HTTP reply, and the service speaks ${protocol}`,
      ['abort'],
      hint,
    )
}
