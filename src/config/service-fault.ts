/** A service's faults, in svc-mock.yaml and in drills: compiled, and held against what the service's protocol can do. */
import type { Fault } from '../core/fault.ts'
import type { FaultSpec } from '../core/fault-schema.ts'
import { compileFault, refuseFaultKeys } from '../core/fault-spec.ts'
import { SpecError } from '../core/matcher.ts'
import type { Path } from '../yaml/tree.ts'
import type { Complaint } from './report.ts'

/** What bytes without meaning know nothing of, and what commands do not have. */
const foreign: Readonly<Record<string, readonly (keyof FaultSpec)[]>> = {
  tcp: ['status', 'bandwidth', 'slowBody', 'error', 'at'],
  kafka: ['status', 'bandwidth', 'slowBody', 'error', 'at'],
  redis: ['status', 'bandwidth', 'slowBody'],
}

/** undefined: `complain` was told why. */
export const readFault = (
  spec: FaultSpec,
  protocol: string,
  complain: (path: Path, complaint: Complaint) => void,
): Fault | undefined => {
  try {
    if (protocol === 'tcp' || protocol === 'kafka') checkConnection(spec, protocol)
    else refuseFaultKeys(spec, foreign[protocol] ?? ['error', 'at'], protocol)
    // What a mock answers to a record comes later and elsewhere: it has faults of its own.
    return compileFault(protocol === 'kafka' ? { ...spec, at: 'connect' } : spec)
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    complain(error.path, { message: error.message, hint: error.hint, onKey: error.onKey })
    return undefined
  }
}

const checkConnection = (spec: FaultSpec, protocol: 'tcp' | 'kafka'): void => {
  const hint = `a ${protocol} service can have delay, jitter, and abort: reset, close, empty or timeout`
  const what = protocol === 'tcp' ? 'tcp has none' : 'of kafka a fault strikes whole connections'
  for (const key of foreign[protocol]!) {
    if (spec[key] !== undefined) throw new SpecError(`${key} needs replies, and ${what}`, [key], hint, true)
  }
  if (spec.abort === 'malformed')
    throw new SpecError(
      `malformed is a broken HTTP reply, and the service speaks ${protocol}`,
      ['abort'],
      hint,
    )
}
