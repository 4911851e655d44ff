/**
 * A tenant's tag on a call: a member of W3C `baggage` (https://www.w3.org/TR/baggage/), which tracing libraries pass on
 * by themselves, or the whole value of a header of the company's own.
 */

import { baggageHeader, baggageMember, plainTenant, rawMember, tenantInBaggage } from '../core/baggage.ts'
import { type Metadata, sameName } from '../core/metadata.ts'

export interface Tag {
  /** Lower case. */
  readonly header: string
  /** Whose the call says it is; undefined: it has no tag, or one that is no tenant's name. */
  read(metadata: Metadata): string | undefined
  /** The same, of one value of `header`. */
  parse(value: string): string | undefined
  /** The very same metadata when a tag is there already, whatever it says: what others say is passed on. */
  add(metadata: Metadata, tenant: string): Metadata
}

/** `header`: lower case. */
export const tagIn = (header: string): Tag => {
  const inBaggage = header === baggageHeader
  const parse = sameAgain(inBaggage ? tenantInBaggage : plainTenant)
  return {
    header,
    parse,
    read: (metadata) => {
      for (let i = 0; i < metadata.length; i += 2) {
        if (!sameName(metadata[i]!, header)) continue
        const tenant = parse(metadata[i + 1]!)
        if (tenant !== undefined) return tenant
      }
      return undefined
    },
    add: inBaggage
      ? addMember
      : (metadata, tenant) => (has(metadata, header) ? metadata : [...metadata, header, tenant]),
  }
}

/** What one client says it says with every call. */
const sameAgain = (parse: Tag['parse']): Tag['parse'] => {
  let last = ''
  let told = parse(last)
  return (value) => {
    if (value !== last) {
      told = parse(value)
      last = value
    }
    return told
  }
}

const has = (metadata: Metadata, header: string): boolean => {
  for (let i = 0; i < metadata.length; i += 2) if (sameName(metadata[i]!, header)) return true
  return false
}

/** In front of what is there: who cuts baggage at a limit (8,192 bytes, 64 members) cuts its end. */
const addMember = (metadata: Metadata, tenant: string): Metadata => {
  let at = -1
  for (let i = 0; i < metadata.length; i += 2) {
    if (!sameName(metadata[i]!, baggageHeader)) continue
    if (rawMember(metadata[i + 1]!) !== undefined) return metadata
    if (at < 0) at = i
  }
  const member = `${baggageMember}=${tenant}`
  if (at < 0) return [...metadata, baggageHeader, member]
  const tagged = [...metadata]
  const others = metadata[at + 1]!.trim()
  tagged[at + 1] = others === '' ? member : `${member},${others}`
  return tagged
}
