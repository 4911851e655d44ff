/** Places in sorted sets. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { Failure, syntaxError } from '../failure.ts'
import { double, integer } from '../numbers.ts'
import type { ReplyWriter } from '../reply-writer.ts'
import { geohash, metersBetween, metersInBox, mostLatitude, type Place, placeOf, scoreOf } from './geohash.ts'
import { upper } from './options.ts'
import { storeScored } from './sorted-set-ranges.ts'
import { sortedSets } from './sorted-sets.ts'

const placeAt = (args: readonly string[], at: number): Place => {
  const longitude = double(args[at]!)
  const latitude = double(args[at + 1]!)
  if (Math.abs(longitude) > 180 || Math.abs(latitude) > mostLatitude)
    throw new Failure(`ERR invalid longitude,latitude pair ${longitude.toFixed(6)},${latitude.toFixed(6)}`)
  return { longitude, latitude }
}

const units: Readonly<Record<string, number>> = { M: 1, KM: 1000, FT: 0.3048, MI: 1609.34 }

const unitAt = (args: readonly string[], at: number): number => {
  const unit = units[upper(args, at)]
  if (unit === undefined) throw new Failure('ERR unsupported unit provided. please use M, KM, FT, MI')
  return unit
}

const lengthAt = (args: readonly string[], at: number, what: string): number =>
  double(args[at]!, () => new Failure(`ERR need numeric ${what}`))

const zadd = sortedSets.find(({ name }) => name === 'zadd')!

/** ZADD with scores that are places. */
const add = (client: Client, args: readonly string[]): void => {
  let from = 2
  while (['NX', 'XX', 'CH'].includes(upper(args, from))) from++
  const flags = args.slice(2, from)
  const both = flags.some((flag) => /^nx$/i.test(flag)) && flags.some((flag) => /^xx$/i.test(flag))
  if ((args.length - from) % 3 !== 0 || both) throw syntaxError()
  const scored: string[] = []
  for (let i = from; i < args.length; i += 3) scored.push(String(scoreOf(placeAt(args, i))), args[i + 2]!)
  zadd.run(client, ['zadd', args[1]!, ...flags, ...scored])
}

const tellPlace = (out: ReplyWriter, { longitude, latitude }: Place): void => {
  out.array(2)
  for (const degrees of [longitude, latitude]) {
    const text = degrees.toFixed(17).replace(/\.?0+$/, '')
    if (out.resp === 2) out.bulk(text)
    else out.text += `,${text}\r\n`
  }
}

const distance = (meters: number): string => (Math.round(meters * 1e4) / 1e4).toFixed(4)

const positions = ({ db, out }: Client, [, key, ...members]: readonly string[]): void => {
  const zset = db.typed(key!, 'zset')
  out.array(members.length)
  for (const member of members) {
    const score = zset?.score(member)
    if (score === undefined) out.nullArray()
    else tellPlace(out, placeOf(score))
  }
}

const hashes = ({ db, out }: Client, [, key, ...members]: readonly string[]): void => {
  const zset = db.typed(key!, 'zset')
  out.array(members.length)
  for (const member of members) {
    const score = zset?.score(member)
    out.maybe(score === undefined ? undefined : geohash(score))
  }
}

const dist = ({ db, out }: Client, args: readonly string[]): void => {
  if (args.length > 5) throw syntaxError()
  const unit = args.length === 5 ? unitAt(args, 4) : 1
  const zset = db.typed(args[1]!, 'zset')
  const [a, b] = [zset?.score(args[2]!), zset?.score(args[3]!)]
  if (a === undefined || b === undefined) out.null()
  else out.bulk(distance(metersBetween(placeOf(a), placeOf(b)) / unit))
}

/** What is searched, put together from the arguments. */
interface Search {
  center: Place | undefined
  shape: { readonly radius: number } | { readonly width: number; readonly height: number } | undefined
  unit: number
  order: 'asc' | 'desc' | undefined
  count: number
  any: boolean
  readonly shows: Set<'WITHDIST' | 'WITHHASH' | 'WITHCOORD'>
  store: string | undefined
  storesDistance: boolean
}

type Style = 'radius' | 'search' | 'searchstore'

const radiusAt = (search: Search, args: readonly string[], at: number): void => {
  const radius = lengthAt(args, at, 'radius')
  if (radius < 0) throw new Failure('ERR radius cannot be negative')
  search.unit = unitAt(args, at + 1)
  search.shape = { radius: radius * search.unit }
}

const boxAt = (search: Search, args: readonly string[], at: number): void => {
  const [width, height] = [lengthAt(args, at, 'width'), lengthAt(args, at + 1, 'height')]
  if (width < 0 || height < 0) throw new Failure('ERR height or width cannot be negative')
  search.unit = unitAt(args, at + 2)
  search.shape = { width: width * search.unit, height: height * search.unit }
}

const memberPlace = ({ db }: Client, key: string, member: string): Place | undefined => {
  const zset = db.typed(key, 'zset')
  if (zset === undefined) return { longitude: 0, latitude: 0 }
  const score = zset.score(member)
  if (score === undefined) throw new Failure('ERR could not decode requested zset member')
  return placeOf(score)
}

interface Form {
  readonly style: Style
  readonly key: string
  /** Where options begin. */
  readonly from: number
  /** GEORADIUS may store. */
  readonly stores: boolean
}

const readOptions = (
  client: Client,
  args: readonly string[],
  search: Search,
  { style, key, from, stores }: Form,
): void => {
  for (let i = from; i < args.length; i++) {
    const word = upper(args, i)
    const more = args.length - i - 1
    const searches = style !== 'radius'
    if (word === 'WITHDIST' || word === 'WITHHASH' || word === 'WITHCOORD') search.shows.add(word)
    else if (word === 'ANY') search.any = true
    else if (word === 'ASC') search.order = 'asc'
    else if (word === 'DESC') search.order = 'desc'
    else if (word === 'COUNT' && more >= 1) {
      search.count = integer(args[++i]!)
      if (search.count <= 0) throw new Failure('ERR COUNT must be > 0')
    } else if ((word === 'STORE' || word === 'STOREDIST') && stores && more >= 1) {
      search.store = args[++i]!
      search.storesDistance = word === 'STOREDIST'
    } else if (word === 'STOREDIST' && style === 'searchstore') search.storesDistance = true
    else if (word === 'FROMMEMBER' && searches && more >= 1 && search.center === undefined)
      search.center = memberPlace(client, key, args[++i]!)
    else if (word === 'FROMLONLAT' && searches && more >= 2 && search.center === undefined) {
      search.center = placeAt(args, i + 1)
      i += 2
    } else if (word === 'BYRADIUS' && searches && more >= 2 && search.shape === undefined) {
      radiusAt(search, args, i + 1)
      i += 2
    } else if (word === 'BYBOX' && searches && more >= 3 && search.shape === undefined) {
      boxAt(search, args, i + 1)
      i += 3
    } else throw syntaxError()
  }
}

const checkSearch = (
  { store, shows, center, shape, any, count }: Search,
  style: Style,
  name: string,
): void => {
  if (store !== undefined && shows.size > 0)
    throw new Failure(
      `ERR ${style === 'searchstore' ? 'GEOSEARCHSTORE' : 'STORE option in GEORADIUS'} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`,
    )
  if (center === undefined)
    throw new Failure(`ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${name}`)
  if (shape === undefined)
    throw new Failure(`ERR exactly one of BYRADIUS and BYBOX can be specified for ${name}`)
  if (any && count === 0) throw new Failure('ERR the ANY argument requires COUNT argument')
}

interface Found {
  readonly member: string
  readonly score: number
  readonly place: Place
  readonly meters: number
}

const within = ({ center, shape }: Search, place: Place): number | undefined => {
  if ('width' in shape!) return metersInBox(center!, place, shape.width, shape.height)
  const meters = metersBetween(center!, place)
  return meters > shape!.radius ? undefined : meters
}

const find = (client: Client, key: string, search: Search): readonly Found[] => {
  const { count, any } = search
  const order = search.order ?? (count > 0 && !any ? 'asc' : undefined)
  const found: Found[] = []
  for (const { member, score } of client.db.typed(key, 'zset')?.all() ?? []) {
    const place = placeOf(score)
    const meters = within(search, place)
    if (meters !== undefined) found.push({ member, score, place, meters })
    if (any && found.length >= count) break
  }
  if (order !== undefined) found.sort((a, b) => (order === 'asc' ? a.meters - b.meters : b.meters - a.meters))
  return count > 0 ? found.slice(0, count) : found
}

const answer = (client: Client, key: string, search: Search): void => {
  const { out, db } = client
  const { shows, unit, store, storesDistance } = search
  const found = find(client, key, search)
  if (store !== undefined) {
    const scored = found.map(({ member, score, meters }) => ({
      member,
      score: storesDistance ? meters / unit : score,
    }))
    storeScored(
      db,
      store,
      scored,
      search.shape !== undefined && 'width' in search.shape ? 'geosearchstore' : 'georadiusstore',
    )
    out.integer(found.length)
    return
  }
  out.array(found.length)
  for (const { member, score, place, meters } of found) {
    if (shows.size > 0) out.array(shows.size + 1)
    out.bulk(member)
    if (shows.has('WITHDIST')) out.bulk(distance(meters / unit))
    if (shows.has('WITHHASH')) out.integer(score)
    if (shows.has('WITHCOORD')) tellPlace(out, place)
  }
}

const newSearch = (): Search => ({
  center: undefined,
  shape: undefined,
  unit: 1,
  order: undefined,
  count: 0,
  any: false,
  shows: new Set(),
  store: undefined,
  storesDistance: false,
})

const search =
  (style: 'search' | 'searchstore') =>
  (client: Client, args: readonly string[]): void => {
    const [key, from] = style === 'search' ? [args[1]!, 2] : [args[2]!, 3]
    client.db.typed(key, 'zset')
    const wanted = newSearch()
    if (style === 'searchstore') wanted.store = args[1]!
    readOptions(client, args, wanted, { style, key, from, stores: false })
    checkSearch(wanted, style, args[0]!)
    answer(client, key, wanted)
  }

const radius =
  (byMember: boolean, stores: boolean) =>
  (client: Client, args: readonly string[]): void => {
    const key = args[1]!
    client.db.typed(key, 'zset')
    const wanted = newSearch()
    const from = byMember ? 5 : 6
    wanted.center = byMember ? memberPlace(client, key, args[2]!) : placeAt(args, 2)
    radiusAt(wanted, args, from - 2)
    readOptions(client, args, wanted, { style: 'radius', key, from, stores })
    checkSearch(wanted, 'radius', args[0]!)
    answer(client, key, wanted)
  }

export const geo: readonly Command[] = [
  command('geoadd', -5, add),
  command('geopos', -2, positions),
  command('geohash', -2, hashes),
  command('geodist', -4, dist),
  command('geosearch', -7, search('search')),
  command('geosearchstore', -8, search('searchstore')),
  command('georadius', -6, radius(false, true)),
  command('georadius_ro', -6, radius(false, false)),
  command('georadiusbymember', -5, radius(true, true)),
  command('georadiusbymember_ro', -5, radius(true, false)),
]
