/** What scripts may take: the defaults, a service's own wishes, and the workspace's maximum that nobody exceeds. */
import { defaultScriptLimits, type ScriptLimits } from '../core/script.ts'
import { parseDuration, shownDuration } from '../core/units.ts'
import type { Path } from '../yaml/tree.ts'
import { parseSize } from './authority.ts'
import type { Report } from './report.ts'
import type { ConfigFile } from './schema.ts'

type LimitsFile = NonNullable<NonNullable<ConfigFile['limits']>['script']>

/** Where `limits.script` says nothing. */
const defaultMost: ScriptLimits = { timeoutMs: 1_000, totalMs: 60_000, memoryMb: 256 }

/** What no workspace can allow: isolated-vm and V8 have limits of their own. */
const utmost: ScriptLimits = { timeoutMs: 60_000, totalMs: 600_000, memoryMb: 2_048 }

/** isolated-vm's least. */
const leastMb = 8

/** The workspace's maximum. */
export const readMostScript = ({ limits }: ConfigFile, report: Report): ScriptLimits =>
  read(limits?.script, ['limits', 'script'], report, {
    otherwise: defaultMost,
    most: utmost,
    says: 'more is never possible',
  })

/** A service's: what it asks for, else the default, which a lower maximum lowers. */
export const readServiceScript = (
  file: LimitsFile | undefined,
  path: Path,
  most: ScriptLimits,
  report: Report,
): ScriptLimits => {
  const otherwise: ScriptLimits = {
    timeoutMs: Math.min(defaultScriptLimits.timeoutMs, most.timeoutMs),
    totalMs: Math.min(defaultScriptLimits.totalMs, most.totalMs),
    memoryMb: Math.min(defaultScriptLimits.memoryMb, most.memoryMb),
  }
  return read(file, path, report, { otherwise, most, says: 'limits.script of the workspace may allow more' })
}

interface Bounds {
  readonly otherwise: ScriptLimits
  readonly most: ScriptLimits
  /** The hint for what is above it. */
  readonly says: string
}

const read = (
  file: LimitsFile | undefined,
  path: Path,
  report: Report,
  { otherwise, most, says }: Bounds,
): ScriptLimits => {
  const duration = (key: 'timeout' | 'total', limit: 'timeoutMs' | 'totalMs'): number => {
    const text = file?.[key]
    if (text === undefined) return otherwise[limit]
    const ms = parseDuration(text)
    const at = [...path, key]
    if (ms === undefined || ms < 1)
      report.add(at, {
        message: `${JSON.stringify(text)} is no duration`,
        hint: 'write a number with ms or s: 50ms',
      })
    else if (ms > most[limit])
      report.add(at, { message: `${text} is more than ${shownDuration(most[limit])}`, hint: says })
    else return ms
    return otherwise[limit]
  }
  const memory = (): number => {
    const text = file?.memory
    if (text === undefined) return otherwise.memoryMb
    const size = parseSize(text)
    const at = [...path, 'memory']
    const mb = size.ok ? Math.ceil(size.value / 1024 ** 2) : 0
    if (!size.ok) report.add(at, { message: size.message, hint: 'write a number with MB: 32MB' })
    else if (mb > most.memoryMb)
      report.add(at, { message: `${text} is more than ${most.memoryMb} MB`, hint: says })
    else if (mb < leastMb)
      report.add(at, { message: `${text} is less than ${leastMb} MB, which every isolate needs` })
    else return mb
    return otherwise.memoryMb
  }
  return {
    timeoutMs: duration('timeout', 'timeoutMs'),
    totalMs: duration('total', 'totalMs'),
    memoryMb: memory(),
  }
}
