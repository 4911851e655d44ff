/** Whose a message is by what it holds. Claims that name values are found by a hash, so that many tenants cost as much as one. */
import {
  type ClaimedMessage,
  type MessageClaim,
  type MessageClaimant,
  type MessageClaims,
  type MessageTest,
  valuesOf,
} from '../core/claim.ts'
import { indexText } from '../core/json.ts'
import type { Equality, Scalar } from '../core/matcher.ts'

/** Clients choose the names. */
const rememberedTopics = 10_000

export class ClaimsOfMessages {
  private readonly claims: readonly MessageClaim[]

  constructor(claims: readonly MessageClaim[]) {
    this.claims = claims
  }

  of(service: string): MessageClaims {
    return new ServiceClaims(this.claims.filter(({ services }) => services?.has(service) !== false))
  }
}

class ServiceClaims implements MessageClaims {
  readonly empty: boolean
  private readonly claims: readonly MessageClaim[]
  private readonly known = new Map<string, MessageClaimant | undefined>()

  constructor(claims: readonly MessageClaim[]) {
    this.claims = claims
    this.empty = claims.length === 0
  }

  on(topic: string): MessageClaimant | undefined {
    if (this.empty) return undefined
    const known = this.known.get(topic)
    if (known !== undefined || this.known.has(topic)) return known
    const named = this.claims.filter((claim) => claim.topic.test([topic]))
    const claimant = named.length === 0 ? undefined : claimantOf(named)
    if (this.known.size >= rememberedTopics) this.known.clear()
    this.known.set(topic, claimant)
    return claimant
  }
}

/** Where a value of a message stands by which claims are found. */
interface Place {
  readonly id: string
  read(message: ClaimedMessage): readonly string[]
}

interface Index extends Place {
  readonly byValue: Map<string, MessageClaim[]>
}

const claimantOf = (claims: readonly MessageClaim[]): MessageClaimant => {
  const indexes = new Map<string, Index>()
  const others: MessageClaim[] = []
  for (const claim of claims) {
    const listed = claim.tests.map(listedIn).find((one) => one !== undefined)
    if (listed === undefined) {
      others.push(claim)
      continue
    }
    const { place, values } = listed
    const index = indexes.get(place.id) ?? { ...place, byValue: new Map<string, MessageClaim[]>() }
    indexes.set(place.id, index)
    for (const value of new Set(values))
      index.byValue.set(value, [...(index.byValue.get(value) ?? []), claim])
  }
  const places = [...indexes.values()]
  return (message) => {
    let found: string | undefined
    let several = false
    const look = (claim: MessageClaim): void => {
      if (several || claim.tenant === found || !claim.tests.every((test) => holds(test, message))) return
      several = found !== undefined
      found = claim.tenant
    }
    for (const { read, byValue } of places)
      for (const value of read(message)) byValue.get(value)?.forEach(look)
    others.forEach(look)
    return several ? undefined : found
  }
}

const holds = (test: MessageTest, message: ClaimedMessage): boolean => {
  if ('name' in test)
    return test.condition.test(test.section === 'key' ? message.keys() : message.headers(test.name))
  return test.condition.test(test.section === 'value' ? message.value() : message.keyDocument())
}

/** The only values by which a test can hold, and where; undefined: there is no such list. */
const listedIn = (
  test: MessageTest,
): { readonly place: Place; readonly values: readonly string[] } | undefined => {
  if ('name' in test) {
    const values = valuesOf(test.condition)
    if (values === undefined) return undefined
    const { section, name } = test
    const place = {
      id: `${section} ${name}`,
      read: (message: ClaimedMessage) => (section === 'key' ? message.keys() : message.headers(name)),
    }
    return { place, values }
  }
  // Of a whole document nothing is named: it may be compared as text.
  const named = test.condition.equalities.find(({ path }) => path.length > 0)
  if (named === undefined) return undefined
  const { section } = test
  const place = {
    id: `${section} ${JSON.stringify(named.path)}`,
    read: (message: ClaimedMessage) => {
      const json = (section === 'value' ? message.value() : message.keyDocument()).json()
      return json.ok ? valueAt(json.value, named.path) : []
    },
  }
  return { place, values: named.values.map(indexText) }
}

/** As the index knows it; none for what is absent or no scalar. */
const valueAt = (document: unknown, path: Equality['path']): readonly string[] => {
  let at = document
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return []
    at = (at as Readonly<Record<string | number, unknown>>)[step]
  }
  return at === undefined || (typeof at === 'object' && at !== null) ? [] : [indexText(at as Scalar)]
}
