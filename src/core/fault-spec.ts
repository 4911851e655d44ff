/** How faults are written becomes what they do. */
import { type Abort, aborts, type Distribution, type Fault } from './fault.ts'
import type { FaultSpec } from './fault-schema.ts'
import { SpecError } from './matcher.ts'
import { parseBandwidth, parseDuration, shownDuration } from './units.ts'

/** A timer takes no more, and nobody waits longer. */
const longestMs = 24 * 3_600_000

/** Throws SpecError, its path from the fault's root. */
export const compileFault = (spec: FaultSpec): Fault => {
  checkTogether(spec)
  const fault = {
    delayMs: durationOf(spec, 'delay'),
    jitterMs: durationOf(spec, 'jitter'),
    distribution: spec.distribution ?? 'uniform',
    abort: abortOf(spec.abort),
    status: spec.status,
    error: errorOf(spec.error),
    at: spec.at,
    rate: spec.rate ?? 1,
    bytesPerSecond: bandwidthOf(spec.bandwidth),
    slowBodyMs: durationOf(spec, 'slowBody'),
  }
  return { ...fault, description: describe(fault) }
}

const checkTogether = (spec: FaultSpec): void => {
  if (Object.keys(spec).length === 0)
    throw new SpecError('a fault without any key does nothing', [], 'write delay, abort, status, …')
  const [first, second] = (['abort', 'status', 'error'] as const).filter((key) => spec[key] !== undefined)
  if (second !== undefined)
    throw new SpecError(`${first} and ${second} exclude each other`, [second], 'keep one of them', true)
  if (spec.rate !== undefined && first === undefined)
    throw new SpecError(
      'rate governs abort, status and error, and the fault has none of them',
      ['rate'],
      'remove it',
      true,
    )
  if (spec.distribution !== undefined && spec.jitter === undefined)
    throw new SpecError(
      'distribution says how delays scatter, and the fault has no jitter',
      ['distribution'],
      'add jitter: 50ms',
      true,
    )
  if (spec.distribution === ('lognormal' satisfies Distribution) && spec.delay === undefined)
    throw new SpecError('lognormal needs delay: its middle', ['distribution'], 'add delay: 300ms', true)
}

const durationOf = (spec: FaultSpec, key: 'delay' | 'jitter' | 'slowBody'): number => {
  const written = spec[key]
  if (written === undefined || written === 0) return 0
  const ms = typeof written === 'number' ? undefined : parseDuration(written)
  if (ms === undefined) {
    const hint = typeof written === 'number' ? `write ${written}ms or ${written}s` : 'write 300ms, 2s or 1m'
    throw new SpecError(`${key}: ${JSON.stringify(written)} is no duration`, [key], hint)
  }
  if (ms > longestMs) throw new SpecError(`${key}: ${written} is longer than a day`, [key], 'use 24h at most')
  return ms
}

const errorOf = (written: string | undefined): string | undefined => {
  if (written === undefined || /^[^\r\n]+$/.test(written)) return written
  throw new SpecError('an error is one line', ['error'], 'remove the line breaks')
}

/** Throws SpecError for a key that a protocol's replies know nothing of. */
export const refuseFaultKeys = (
  spec: FaultSpec,
  keys: readonly (keyof FaultSpec)[],
  protocol: string,
): void => {
  const key = keys.find((one) => spec[one] !== undefined)
  if (key === undefined) return
  const own = key === 'error' || key === 'at'
  const why = own
    ? `is for services of protocol redis, and this one speaks ${protocol}`
    : `means nothing to ${protocol}`
  const hint = key === 'status' ? "write error: 'ERR …'" : key === 'error' ? 'write status: 503' : 'remove it'
  throw new SpecError(`${key} ${why}`, [key], hint, true)
}

const bandwidthOf = (written: string | undefined): number | undefined => {
  if (written === undefined) return undefined
  const rate = parseBandwidth(written)
  if (rate !== undefined) return rate
  throw new SpecError(
    `bandwidth: ${JSON.stringify(written)} is no rate of bytes`,
    ['bandwidth'],
    'write 20kB/s or 1MB/s',
  )
}

/** What WireMock and Toxiproxy call them. */
const elsewhere: Readonly<Record<string, Abort>> = {
  CONNECTION_RESET_BY_PEER: 'reset',
  EMPTY_RESPONSE: 'empty',
  MALFORMED_RESPONSE_CHUNK: 'malformed',
  RANDOM_DATA_THEN_CLOSE: 'malformed',
  reset_peer: 'reset',
  limit_data: 'close',
  down: 'empty',
}

const abortOf = (written: string | undefined): Abort | undefined => {
  if (written === undefined) return undefined
  const known = aborts.find((abort) => abort === written)
  if (known !== undefined) return known
  const meant = Object.hasOwn(elsewhere, written) ? elsewhere[written] : undefined
  const hint = meant === undefined ? `use one of ${aborts.join(', ')}` : `here it is called ${meant}`
  throw new SpecError(`there is no abort ${JSON.stringify(written)}`, ['abort'], hint)
}

const describe = (fault: Omit<Fault, 'description'>): string => {
  const parts: string[] = []
  const jitter = fault.jitterMs === 0 ? '' : ` ± ${shownDuration(fault.jitterMs)} ${fault.distribution}`
  if (fault.delayMs > 0 || fault.jitterMs > 0) parts.push(`delay ${shownDuration(fault.delayMs)}${jitter}`)
  const told = fault.error === undefined ? undefined : `error ${fault.error.split(' ', 1)[0]}`
  const what = fault.abort ?? (fault.status === undefined ? told : `status ${fault.status}`)
  const share = fault.rate === 1 ? '' : ` for ${Math.round(fault.rate * 1000) / 10} % of calls`
  if (what !== undefined) parts.push(`${what}${share}`)
  if (fault.bytesPerSecond !== undefined) parts.push(`${fault.bytesPerSecond} bytes/s`)
  if (fault.slowBodyMs > 0) parts.push(`body over ${shownDuration(fault.slowBodyMs)}`)
  if (fault.at !== undefined) parts.push(fault.at === 'connect' ? 'of connections' : 'of commands')
  return parts.join(', ') || 'nothing'
}
