/**
 * The ids by which tracing tells which calls belong together: W3C `traceparent`, B3 in one header or several, SkyWalking's
 * `sw8`, and `x-request-id`.
 */
import { type Metadata, sameName } from '../core/metadata.ts'

/** Longer ones are nobody's trace id, and they would be kept. */
const longest = 128

/** A trace of W3C and of B3 are one trace, since tracers translate between them. */
export const traceIds = (metadata: Metadata): readonly string[] => {
  let ids: string[] | undefined
  for (let i = 0; i < metadata.length; i += 2) {
    const id = idOf(metadata[i]!, metadata[i + 1]!)
    if (id === undefined) continue
    if (ids === undefined) ids = [id]
    else if (!ids.includes(id)) ids.push(id)
  }
  return ids ?? none
}

const none: readonly string[] = []

/** By length first: most headers are told from it alone. */
const idOf = (name: string, value: string): string | undefined => {
  switch (name.length) {
    case 2:
      return sameName(name, 'b3') ? hex(value.split('-', 1)[0]!) : undefined
    case 3:
      return sameName(name, 'sw8') ? skyWalking(value) : undefined
    case 11:
      // version "-" trace-id "-" parent-id "-" trace-flags (W3C Trace Context section 3.2)
      return sameName(name, 'traceparent') ? traceParent(value) : undefined
    case 12:
      if (sameName(name, 'x-b3-traceid')) return hex(value)
      return sameName(name, 'x-request-id') ? plain(value) : undefined
    default:
      return undefined
  }
}

/** The usual form is cut out; what is a trace id and what is none matters little to a memory, but zeros are no trace. */
const traceParent = (value: string): string | undefined => {
  if (value.length !== 55 || !value.startsWith('00-')) return hex(value.split('-', 2)[1] ?? '')
  const id = value.substring(3, 35)
  return id === noTrace ? undefined : `t:${id}`
}

const noTrace = '0'.repeat(32)

/** 64-bit ids of B3 are the lower half of 128-bit ones. All zeros, and B3's lone sampling state, are none. */
const hex = (text: string): string | undefined => {
  const id = text.trim().toLowerCase()
  if (!/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/.test(id) || /^0+$/.test(id)) return undefined
  return `t:${id.padStart(32, '0')}`
}

/** Sample, trace id, segment id and others, joined by `-`; texts in base64 (SkyWalking Cross Process Propagation v3). */
const skyWalking = (value: string): string | undefined => {
  const id = value.split('-', 2)[1]?.trim()
  return id === undefined || id === '' || id.length > longest ? undefined : `s:${id}`
}

const plain = (value: string): string | undefined => {
  const id = value.trim()
  return id === '' || id.length > longest ? undefined : `r:${id}`
}
