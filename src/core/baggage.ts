/** The tenant's member of W3C baggage (https://www.w3.org/TR/baggage/), which tracing libraries pass on in calls and in messages alike. */
import { isTenantName } from './tenant-name.ts'

export const baggageHeader = 'baggage'
export const baggageMember = 'svcm-tenant'

/** A tenant's name in text around which spaces may stand; undefined: it is none. */
export const plainTenant = (value: string): string | undefined => {
  const name = value.trim()
  return isTenantName(name) ? name : undefined
}

/** A name needs no percent-encoding, but whoever rewrites baggage may encode what need not be. */
export const tenantInBaggage = (value: string): string | undefined => {
  const raw = rawMember(value)
  if (raw === undefined) return undefined
  if (!raw.includes('%')) return plainTenant(raw)
  try {
    return plainTenant(decodeURIComponent(raw))
  } catch {
    return undefined
  }
}

/** `list-member = key OWS "=" OWS value *( OWS ";" OWS property )`, members separated by commas. */
export const rawMember = (value: string): string | undefined => {
  // Most baggage holds other things only.
  if (!value.includes(baggageMember)) return undefined
  for (const member of value.split(',')) {
    const equals = member.indexOf('=')
    if (equals < 0 || member.slice(0, equals).trim() !== baggageMember) continue
    const end = member.indexOf(';', equals)
    return member.slice(equals + 1, end < 0 ? undefined : end)
  }
  return undefined
}
