/** Lines of MONITOR: `1700000000.123456 [0 127.0.0.1:6379] "get" "svcm:alice:name"`; only those that name something of the tenant. */
import { laneRoot } from '../../../core/lane.ts'
import type { Names } from '../names.ts'

/** undefined: nothing of this tenant's. */
export const monitorLine = (line: Buffer, names: Names): Buffer | undefined => {
  const text = line.toString('latin1')
  if (names.lane.baseline) return text.includes(`"${laneRoot}`) ? undefined : line
  const prefix = names.prefix.toString('latin1')
  return text.includes(`"${prefix}`) ? Buffer.from(text.replaceAll(`"${prefix}`, '"'), 'latin1') : undefined
}
