/** Whose a call is by what it holds. Claims that name values are found by a hash, so that many tenants cost as much as one. */
import type { DecodedBody } from '../core/body.ts'
import type { Call } from '../core/call.ts'
import {
  type BodyTest,
  type Claim,
  type ClaimTest,
  type TextSection,
  type TextTest,
  valuesOf,
} from '../core/claim.ts'
import { allValues } from '../core/metadata.ts'

interface Place {
  readonly section: TextSection
  readonly name: string
  readonly byValue: Map<string, Claim[]>
}

export class Claims {
  private readonly places: Place[] = []
  private readonly others: Claim[] = []
  /** Those that look at bodies, apart: most calls need not be read for them. */
  private readonly bodied: Claim[] = []
  readonly empty: boolean

  constructor(claims: readonly Claim[]) {
    this.empty = claims.length === 0
    for (const claim of claims) {
      if (claim.tests.some(isBody)) this.bodied.push(claim)
      else this.add(claim)
    }
  }

  /** undefined: nobody's, or that of several, as when a call sends one header twice. A promise where the body has to be read. */
  tenantOf(call: Call): string | undefined | Promise<string | undefined> {
    if (this.empty) return undefined
    const found = new Set<string>()
    for (const claim of this.candidates(call)) if (holdsButBody(claim, call)) found.add(claim.tenant)
    if (found.size > 0) return onlyOne(found)
    return this.bodied.length === 0 ? undefined : this.byBody(call)
  }

  private byBody(call: Call): string | undefined | Promise<string | undefined> {
    // A stream both ways may wait for an answer before it says more.
    if (call.body.empty || call.inParts !== undefined) return undefined
    const wanted = this.bodied.filter((claim) => holdsButBody(claim, call))
    if (wanted.length === 0) return undefined
    const decide = (body: DecodedBody): string | undefined =>
      onlyOne(
        new Set(
          wanted
            .filter(({ tests }) => tests.every((test) => !isBody(test) || test.condition.test(body)))
            .map(({ tenant }) => tenant),
        ),
      )
    const body = call.body.read(call.service.bodyLimit)
    return body instanceof Promise ? body.then(decide) : decide(body)
  }

  private *candidates(call: Call): Iterable<Claim> {
    yield* this.others
    for (const { section, name, byValue } of this.places) {
      for (const value of read(call, section, name)) yield* byValue.get(value) ?? []
    }
  }

  private add(claim: Claim): void {
    for (const { section, name, condition } of claim.tests.filter(isText)) {
      const values = valuesOf(condition)
      if (values === undefined) continue
      const { byValue } = this.place(section, name)
      for (const value of new Set(values)) byValue.set(value, [...(byValue.get(value) ?? []), claim])
      return
    }
    this.others.push(claim)
  }

  private place(section: TextSection, name: string): Place {
    const known = this.places.find((place) => place.section === section && place.name === name)
    if (known !== undefined) return known
    const made = { section, name, byValue: new Map<string, Claim[]>() }
    this.places.push(made)
    return made
  }
}

const isBody = (test: ClaimTest): test is BodyTest => test.section === 'body'
const isText = (test: ClaimTest): test is TextTest => test.section !== 'body'

const holdsButBody = ({ tests, services }: Claim, call: Call): boolean =>
  services?.has(call.service.name) !== false &&
  tests.every((test) => isBody(test) || test.condition.test(read(call, test.section, test.name)))

const onlyOne = (tenants: ReadonlySet<string>): string | undefined =>
  tenants.size === 1 ? tenants.values().next().value : undefined

const read = (call: Call, section: TextSection, name: string): readonly string[] => {
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
