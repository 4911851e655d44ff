/** What the desensitizer is held to, over the generator's people: leaks, recall, one fake per value, valid fakes, over-masking. */
import { isValidPhoneNumber } from 'libphonenumber-js/max'
import validator from 'validator'
import { desensitize } from '../../src/desensitize/desensitize.ts'
import type { Exchange } from '../../src/desensitize/exchange.ts'
import { Ledger } from '../../src/desensitize/ledger.ts'
import { MaskKey } from '../../src/desensitize/mask-key.ts'
import { Session } from '../../src/desensitize/session.ts'
import { Chance, fieldNames, formsOf, type Kind, kinds, newValue, telling } from './people.ts'
import { namedCarriers, namelessCarriers, outputOf, tracesOf, unpackedText } from './plant.ts'

export const benchSession = (): Session => {
  const key = MaskKey.parse(
    Buffer.from(Array.from({ length: 32 }, (_none, at) => at * 7 + 3)).toString('base64'),
  )
  if (typeof key === 'string') throw new Error(key)
  return new Session({ key, ledger: new Ledger() })
}

export interface Recall {
  planted: number
  leaked: number
  quarantined: number
}

export interface LeakCount {
  readonly byCarrier: ReadonlyMap<string, Recall>
  readonly byKind: ReadonlyMap<string, Recall>
  readonly planted: number
  readonly leaked: number
  readonly quarantined: number
  readonly examples: readonly string[]
}

const leakIn = (
  exchange: Exchange,
  surface: string,
  value: string,
  session: Session,
): 'leaked' | 'quarantined' | 'masked' => {
  const outcome = desensitize(exchange, session)
  if (outcome.kind === 'quarantine') return 'quarantined'
  const text = outputOf(outcome.exchange)
  const all = text + unpackedText(text)
  return [...tracesOf(value), ...tracesOf(surface)].some(([, trace]) => all.includes(trace))
    ? 'leaked'
    : 'masked'
}

/** `rounds` values of each kind in each carrier and form. */
export const countLeaks = (seed: number, rounds: number): LeakCount => {
  const chance = new Chance(seed)
  const byCarrier = new Map<string, Recall>()
  const byKind = new Map<string, Recall>()
  const examples: string[] = []
  const count = (
    carrier: string,
    kind: Kind,
    outcome: 'leaked' | 'quarantined' | 'masked',
    form: string,
  ): void => {
    for (const [map, name] of [
      [byCarrier, carrier],
      [byKind, kind],
    ] as const) {
      const entry = map.get(name) ?? { planted: 0, leaked: 0, quarantined: 0 }
      entry.planted++
      if (outcome !== 'masked') entry[outcome]++
      map.set(name, entry)
    }
    if (outcome !== 'masked' && examples.length < 20)
      examples.push(`${outcome}: ${kind} in ${carrier}: ${form}`)
  }
  const session = benchSession()
  for (let round = 0; round < rounds; round++)
    for (const kind of kinds) {
      for (const [carrier, plant] of Object.entries(namedCarriers)) {
        const value = newValue(kind, chance)
        for (const form of formsOf(kind, value))
          count(carrier, kind, leakIn(plant(chance.pick(fieldNames[kind]), form), form, value, session), form)
      }
      if (!telling.has(kind)) continue
      for (const [carrier, plant] of Object.entries(namelessCarriers)) {
        const value = newValue(kind, chance)
        for (const form of formsOf(kind, value))
          count(carrier, kind, leakIn(plant(form), form, value, session), form)
      }
    }
  const sum = (of: keyof Recall): number =>
    [...byKind.values()].reduce((total, entry) => total + entry[of], 0)
  return {
    byCarrier,
    byKind,
    planted: sum('planted'),
    leaked: sum('leaked'),
    quarantined: sum('quarantined'),
    examples,
  }
}

const uniqueKinds: Readonly<Partial<Record<Kind, string>>> = {
  mobile: 'phone',
  id: 'idCard',
  card: 'cardNo',
  name: 'realName',
  email: 'email',
  uscc: 'creditCode',
  iban: 'iban',
  plate: 'plateNo',
}

export interface Uniqueness {
  readonly kind: string
  readonly values: number
  readonly fakes: number
  readonly valid: number
}

/** One value to one fake, different ones to different ones, and valid by other people's rules. */
export const fakesOf = (seed: number, count: number): readonly Uniqueness[] =>
  Object.entries(uniqueKinds).map(([kind, name]) => {
    const chance = new Chance(seed)
    const values = new Set<string>()
    // There are not ten thousand names in the generator's lists; they are made longer.
    while (values.size < count)
      values.add(
        kind === 'name'
          ? newValue('name', chance).slice(0, 1) + chance.chars(givenChars, 2)
          : newValue(kind as Kind, chance),
      )
    const session = benchSession()
    const fakes = [...values].map((value) => maskedField(name, value, session))
    return {
      kind,
      values: values.size,
      fakes: new Set(fakes).size,
      valid: fakes.filter((fake) => isValid(kind as Kind, fake)).length,
    }
  })

const givenChars =
  '伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂文辉建华玉梅红林鑫波斌宇浩凯健俊帆帅旭宁龙丹雪琳晨'

const maskedField = (name: string, value: string, session: Session): string => {
  const body = Buffer.from(JSON.stringify({ [name]: value }))
  const outcome = desensitize(answer('application/json', body), session)
  if (outcome.kind === 'quarantine') return ''
  const [clean] = outcome.exchange.reply.bodies
  return clean?.kind === 'bytes'
    ? (JSON.parse(Buffer.from(clean.bytes).toString('utf8'))[name] as string)
    : ''
}

export const answer = (type: string, bytes: Uint8Array): Exchange => ({
  protocol: 'http',
  service: 'shop',
  operation: 'GET /orders/42',
  request: { target: '/orders/42', headers: ['accept', 'application/json'], bodies: [] },
  reply: { status: 200, headers: ['content-type', type], bodies: [{ kind: 'bytes', bytes }] },
})

const isValid = (kind: Kind, fake: string): boolean => {
  switch (kind) {
    case 'mobile':
      return validator.isMobilePhone(fake, 'zh-CN') && isValidPhoneNumber(fake, 'CN')
    case 'id':
      return validator.isIdentityCard(fake, 'zh-CN')
    case 'card':
      return validator.isLuhnNumber(fake)
    case 'email':
      return validator.isEmail(fake)
    case 'iban':
      return validator.isIBAN(fake)
    case 'plate':
      return /^[京沪粤浙苏][A-E][A-HJ-NP-Z0-9]{5}$/.test(fake)
    default:
      return fake !== ''
  }
}

const harmless: Readonly<Record<string, (chance: Chance) => unknown>> = {
  'order number': (chance) => `OD20241121${chance.digits(8)}`,
  'order number of digits': (chance) => `20241121${chance.digits(10)}`,
  snowflake: (chance) => `17${chance.digits(17)}`,
  'snowflake as number': (chance) => 1_700_000_000_000_000 + chance.below(1e9),
  'millisecond time': (chance) => 1_600_000_000_000 + chance.below(2 ** 31) * 40,
  uuid: (chance) => [8, 4, 4, 4, 12].map((length) => chance.chars('0123456789abcdef', length)).join('-'),
  amount: (chance) => chance.below(1e8) / 100,
  'amount as text': (chance) => (chance.below(1e8) / 100).toFixed(2),
}
const harmlessNames: Readonly<Record<string, string>> = {
  'order number': 'orderNo',
  'order number of digits': 'orderNo',
  snowflake: 'id',
  'snowflake as number': 'orderId',
  'millisecond time': 'createdAt',
  uuid: 'traceId',
  amount: 'amount',
  'amount as text': 'totalPrice',
}

export interface OverMasked {
  readonly what: string
  /** Shares of those changed, under the usual name and under one that says nothing. */
  readonly named: number
  readonly nameless: number
}

export const overMasked = (seed: number, count: number): readonly OverMasked[] =>
  Object.entries(harmless).map(([what, make]) => {
    const chance = new Chance(seed)
    const values = Array.from({ length: count }, () => make(chance))
    const share = (name: string): number => {
      const session = benchSession()
      const body = Buffer.from(JSON.stringify(values.map((value) => ({ [name]: value }))))
      const outcome = desensitize(answer('application/json', body), session)
      if (outcome.kind === 'quarantine') return 1
      const [clean] = outcome.exchange.reply.bodies
      const after = JSON.parse(
        clean?.kind === 'bytes' ? Buffer.from(clean.bytes).toString('utf8') : '[]',
      ) as Record<string, unknown>[]
      return after.filter((entry, at) => entry[name] !== values[at]).length / count
    }
    return { what, named: share(harmlessNames[what]!), nameless: share('zzq') }
  })

/** A record as services send it, with five identities in about 1.5 kB. */
export const recordOf = (chance: Chance, at: number): string =>
  JSON.stringify({
    orderNo: `OD2024112100${at}`,
    id: 1_000_000 + at,
    status: 'PAID',
    amount: 128.5,
    currency: 'CNY',
    createdAt: '2024-11-21T10:00:00.000Z',
    customer: {
      id: at,
      name: newValue('name', chance),
      mobile: newValue('mobile', chance),
      email: newValue('email', chance),
      level: 'gold',
      address: { province: '浙江省', city: '杭州市', street: newValue('address', chance) },
    },
    items: Array.from({ length: 6 }, (_none, item) => ({
      sku: `SKU-${item}-${at}`,
      quantity: item,
      price: 12.25,
      tags: ['a', 'b', 'new_item'],
      warehouse: 'HZ01',
      traceId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    })),
    flags: { gift: false, express: true, cod: null },
    payment: { channel: 'ALIPAY', paidAt: 1_732_176_000_000, cardNo: newValue('card', chance) },
  })

/** MB of JSON a second of processor time, on the second of two passes. `people`: how many different ones there are. */
export const megabytesASecond = (records: number, people: number): number => {
  const bodies = Array.from({ length: records }, (_none, at) =>
    Buffer.from(recordOf(new Chance(at % people), at)),
  )
  const size = bodies.reduce((sum, body) => sum + body.length, 0)
  const pass = (session: Session): number => {
    const start = process.cpuUsage()
    for (const body of bodies) desensitize(answer('application/json', body), session)
    const { user, system } = process.cpuUsage(start)
    return size / (user + system)
  }
  pass(benchSession())
  return pass(benchSession())
}
