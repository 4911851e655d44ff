/** Whose a call is by what it holds. Claims that name values are found by a hash, so that many tenants cost as much as one. */
import type { Call } from '../core/call.ts'
import { type Claim, type ClaimSection, type ClaimTest, valuesOf } from '../core/claim.ts'
import { allValues } from '../core/metadata.ts'

interface Place {
  readonly section: ClaimSection
  readonly name: string
  readonly byValue: Map<string, Claim[]>
}

export class Claims {
  private readonly places: Place[] = []
  private readonly others: Claim[] = []
  readonly empty: boolean

  constructor(claims: readonly Claim[]) {
    this.empty = claims.length === 0
    for (const claim of claims) this.add(claim)
  }

  /** undefined: nobody's, or that of several, as when a call sends one header twice. */
  tenantOf(call: Call): string | undefined {
    if (this.empty) return undefined
    let found: string | undefined
    for (const claim of this.candidates(call)) {
      if (claim.tenant === found || !claim.tests.every((test) => holds(test, call))) continue
      if (found !== undefined) return undefined
      found = claim.tenant
    }
    return found
  }

  private *candidates(call: Call): Iterable<Claim> {
    yield* this.others
    for (const { section, name, byValue } of this.places) {
      for (const value of read(call, section, name)) yield* byValue.get(value) ?? []
    }
  }

  private add(claim: Claim): void {
    for (const { section, name, condition } of claim.tests) {
      const values = valuesOf(condition)
      if (values === undefined) continue
      const { byValue } = this.place(section, name)
      for (const value of new Set(values)) byValue.set(value, [...(byValue.get(value) ?? []), claim])
      return
    }
    this.others.push(claim)
  }

  private place(section: ClaimSection, name: string): Place {
    const known = this.places.find((place) => place.section === section && place.name === name)
    if (known !== undefined) return known
    const made = { section, name, byValue: new Map<string, Claim[]>() }
    this.places.push(made)
    return made
  }
}

const holds = ({ section, name, condition }: ClaimTest, call: Call): boolean =>
  condition.test(read(call, section, name))

const read = (call: Call, section: ClaimSection, name: string): readonly string[] => {
  if (section === 'headers') return allValues(call.metadata, name)
  if (section === 'query') {
    return call.search === undefined || call.search === ''
      ? none
      : new URLSearchParams(call.search).getAll(name)
  }
  return cookies(call, name)
}

const none: readonly string[] = []

/** RFC 6265 section 5.4; surrounding quotes belong to the value. */
const cookies = (call: Call, name: string): readonly string[] =>
  allValues(call.metadata, 'cookie')
    .flatMap((header) => header.split(';'))
    .flatMap((pair) => {
      const equals = pair.indexOf('=')
      return equals > 0 && pair.slice(0, equals).trim() === name ? [pair.slice(equals + 1).trim()] : []
    })
