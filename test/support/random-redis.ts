/** Commands at random, of those that the embedded cache knows, whose replies are determined. */
import type { Chance } from '../../src/core/clock.ts'

type Make = (draw: Draw) => readonly string[]

const words = ['a', 'b', 'c', 'foo', 'bar', 'hello world', '', '\xff\x00\x80', '10', '-7', '3.5', '1e3', 'é']
const ranks = ['0', '1', '2', '-1', '-2', '5', '100', '-100', 'x']
const scores = [
  '0',
  '1',
  '2',
  '2',
  '-1.5',
  '3.25',
  '1e20',
  'inf',
  '-inf',
  '+5',
  '0.1',
  '1e-7',
  '123456789.123',
]
const bounds = ['-inf', '+inf', '1', '(1', '2', '(2.5', '-1', '(inf', 'x', '3']
const lexes = ['-', '+', '[a', '(a', '[b', '(foo', '[zz', 'q']
const ids = ['1-1', '1-2', '2-0', '3-5', '5', '7-1', '9-9', '12-0', '0-0', '0-1', 'x', '1-x']

/** Draws what commands are made of. */
export class Draw {
  readonly chance: Chance
  private nextMs = 1

  constructor(chance: Chance) {
    this.chance = chance
  }

  int(below: number): number {
    return Math.floor(this.chance() * below)
  }

  of<T>(from: readonly T[]): T {
    return from[this.int(from.length)]!
  }

  maybe(...words: readonly string[]): readonly string[] {
    return this.chance() < 0.5 ? [] : words
  }

  /** Mostly of its own type. */
  key(type: string): string {
    return this.chance() < 0.05
      ? `${this.of(['s', 'h', 'l', 'e', 'z', 't', 'n', 'g'])}1`
      : `${type}${this.int(3)}`
  }

  word(): string {
    return this.of(words)
  }

  /** From `least` to `most` of them. */
  many<T>(make: () => T, least = 1, most = 3): T[] {
    return Array.from({ length: least + this.int(most - least + 1) }, make)
  }

  count(): string {
    return this.of(['0', '1', '2', '3', '10', '-1', 'x'])
  }

  /** Rises, so that entries can be added. */
  id(): string {
    this.nextMs += this.int(2)
    return this.chance() < 0.2 ? this.of(ids) : `${this.nextMs}-${this.of(['*', '1', '2', '3', '4'])}`
  }
}

const strings: readonly Make[] = [
  (d) => [
    'SET',
    d.key('s'),
    d.word(),
    ...d.maybe(d.of(['NX', 'XX', 'KEEPTTL', 'GET', 'BAD'])),
    ...d.maybe('GET'),
  ],
  (d) => [
    'SET',
    d.key('s'),
    d.word(),
    d.of(['EX', 'PX', 'EXAT', 'PXAT']),
    d.of(['9000000', '0', '-1', 'x', '99999999999999']),
  ],
  (d) => ['SETEX', d.key('s'), d.of(['9000', '0', '-5', 'q']), d.word()],
  (d) => ['PSETEX', d.key('s'), d.of(['9000000', '0', 'q']), d.word()],
  (d) => ['GET', d.key('s')],
  (d) => [
    'GETEX',
    d.key('s'),
    ...d.of([['PERSIST'], ['EX', '9000'], [], ['PX', '0'], ['EX', '1', 'PERSIST']]),
  ],
  (d) => ['GETSET', d.key('s'), d.word()],
  (d) => ['GETDEL', d.key('s')],
  (d) => ['SETNX', d.key('s'), d.word()],
  (d) => ['MGET', ...d.many(() => d.key('s'))],
  (d) => ['MSET', ...d.many(() => [d.key('s'), d.word()]).flat(), ...d.of([[], [], ['x']])],
  (d) => ['MSETNX', ...d.many(() => [d.key('s'), d.word()]).flat()],
  (d) => [d.of(['INCR', 'DECR']), d.key('n')],
  (d) => [
    d.of(['INCRBY', 'DECRBY']),
    d.key('n'),
    d.of(['5', '-3', 'x', '9223372036854775807', '-9223372036854775808', '01']),
  ],
  (d) => ['INCRBYFLOAT', d.key('n'), d.of(['0.1', '10.5', '-3', '5.0e3', 'x', '1e-10', '3.0000', 'inf'])],
  (d) => ['APPEND', d.key('s'), d.word()],
  (d) => ['STRLEN', d.key('s')],
  (d) => ['SETRANGE', d.key('s'), d.of(['0', '2', '6', '-1', 'x']), d.word()],
  (d) => [d.of(['GETRANGE', 'SUBSTR']), d.key('s'), d.of(ranks), d.of(ranks)],
  (d) => [
    'LCS',
    d.key('s'),
    d.key('s'),
    ...d.of([
      [],
      ['LEN'],
      ['IDX'],
      ['IDX', 'WITHMATCHLEN'],
      ['IDX', 'MINMATCHLEN', '2'],
      ['LEN', 'IDX'],
      ['x'],
    ]),
  ],
]

const bits: readonly Make[] = [
  (d) => ['SETBIT', d.key('s'), d.of(['0', '7', '20', '-1', 'x']), d.of(['0', '1', '2'])],
  (d) => ['GETBIT', d.key('s'), d.of(['0', '1', '7', '9', '1000', 'x'])],
  (d) => [
    'BITCOUNT',
    d.key('s'),
    ...d.of([
      [],
      ['0', '-1'],
      ['1', '2'],
      ['-2', '-1'],
      ['1'],
      ['0', '9', 'BIT'],
      ['2', '-3', 'BIT'],
      ['5', '1'],
    ]),
  ],
  (d) => [
    'BITPOS',
    d.key('s'),
    d.of(['0', '1', '2']),
    ...d.of([[], ['0'], ['1', '-1'], ['-1'], ['2', '5'], ['3', '9', 'BIT'], ['0', '-1', 'BYTE']]),
  ],
  (d) => ['BITOP', d.of(['AND', 'OR', 'XOR', 'NOT', 'BAD']), d.key('s'), ...d.many(() => d.key('s'))],
  (d) => [
    'BITFIELD',
    d.key('s'),
    ...d
      .many(() =>
        d.of([
          ['GET', 'u8', '0'],
          ['SET', 'i5', '#1', '9'],
          ['INCRBY', 'u4', '2', '7'],
          ['OVERFLOW', 'SAT'],
          ['OVERFLOW', 'FAIL'],
          ['INCRBY', 'i8', '3', '-100'],
          ['GET', 'i64', '1'],
          ['GET', 'u64', '0'],
          ['SET', 'u3', '4', '-1'],
        ]),
      )
      .flat(),
  ],
  (d) => ['BITFIELD_RO', d.key('s'), 'GET', 'u8', d.of(['0', '#1', '12'])],
]

const hashes: readonly Make[] = [
  (d) => [
    d.of(['HSET', 'HMSET']),
    d.key('h'),
    ...d.many(() => [d.word(), d.word()]).flat(),
    ...d.of([[], [], [], ['odd']]),
  ],
  (d) => ['HSETNX', d.key('h'), d.word(), d.word()],
  (d) => [d.of(['HGET', 'HEXISTS', 'HSTRLEN']), d.key('h'), d.word()],
  (d) => ['HMGET', d.key('h'), ...d.many(() => d.word())],
  (d) => ['HDEL', d.key('h'), ...d.many(() => d.word())],
  (d) => [d.of(['HGETALL', 'HKEYS', 'HVALS', 'HLEN']), d.key('h')],
  (d) => ['HINCRBY', d.key('h'), d.word(), d.of(['1', '-5', 'x', '9223372036854775807'])],
  (d) => ['HINCRBYFLOAT', d.key('h'), d.word(), d.of(['0.5', '-1.25', '1e2', 'x'])],
  (d) => ['HRANDFIELD', d.key('h'), d.of(['100', '0']), ...d.maybe('WITHVALUES')],
  (d) => [
    'HSCAN',
    d.key('h'),
    '0',
    ...d.maybe('MATCH', d.of(['*', 'f*', '?', '[ab]'])),
    ...d.maybe('COUNT', '100'),
  ],
]

const lists: readonly Make[] = [
  (d) => [d.of(['LPUSH', 'RPUSH', 'RPUSH', 'LPUSHX', 'RPUSHX']), d.key('l'), ...d.many(() => d.word())],
  (d) => [d.of(['LPOP', 'RPOP']), d.key('l'), ...d.maybe(d.count())],
  (d) => ['LLEN', d.key('l')],
  (d) => ['LRANGE', d.key('l'), d.of(ranks), d.of(ranks)],
  (d) => ['LTRIM', d.key('l'), d.of(ranks), d.of(['-1', '5', '3'])],
  (d) => ['LINDEX', d.key('l'), d.of(ranks)],
  (d) => ['LSET', d.key('l'), d.of(ranks), d.word()],
  (d) => ['LINSERT', d.key('l'), d.of(['BEFORE', 'AFTER', 'NEAR']), d.word(), d.word()],
  (d) => ['LREM', d.key('l'), d.of(['0', '1', '-1', '2', 'x']), d.word()],
  (d) => [
    'LPOS',
    d.key('l'),
    d.word(),
    ...d.of([
      [],
      ['RANK', '2'],
      ['RANK', '-1'],
      ['RANK', '0'],
      ['COUNT', '0'],
      ['COUNT', '2', 'RANK', '-1'],
      ['MAXLEN', '2'],
      ['COUNT', '-1'],
      ['BAD', '1'],
    ]),
  ],
  (d) => ['LMOVE', d.key('l'), d.key('l'), d.of(['LEFT', 'RIGHT', 'UP']), d.of(['LEFT', 'RIGHT'])],
  (d) => ['RPOPLPUSH', d.key('l'), d.key('l')],
  (d) => [
    'LMPOP',
    d.of(['1', '2', '0', 'x']),
    d.key('l'),
    d.key('l'),
    d.of(['LEFT', 'RIGHT']),
    ...d.maybe('COUNT', d.of(['1', '2', '0'])),
  ],
]

const sets: readonly Make[] = [
  (d) => [d.of(['SADD', 'SADD', 'SREM']), d.key('e'), ...d.many(() => d.word())],
  (d) => [d.of(['SADD', 'SREM']), d.key('i'), ...d.many(() => String(d.int(20) - 5))],
  (d) => ['SMEMBERS', d.key(d.of(['e', 'i']))],
  (d) => ['SCARD', d.key('e')],
  (d) => ['SISMEMBER', d.key('e'), d.word()],
  (d) => ['SMISMEMBER', d.key('e'), ...d.many(() => d.word())],
  (d) => ['SMOVE', d.key('e'), d.key('e'), d.word()],
  (d) => [d.of(['SINTER', 'SUNION', 'SDIFF']), ...d.many(() => d.key(d.of(['e', 'i'])))],
  (d) => [
    d.of(['SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE']),
    d.key('e'),
    ...d.many(() => d.key(d.of(['e', 'i']))),
  ],
  (d) => [
    'SINTERCARD',
    d.of(['1', '2', '0', '9']),
    d.key('e'),
    d.key('e'),
    ...d.maybe('LIMIT', d.of(['0', '1', '-1'])),
  ],
  (d) => ['SRANDMEMBER', d.key('e'), d.of(['100', '0'])],
  (d) => ['SPOP', d.key('i'), d.of(['0', '100', '-1'])],
  (d) => ['SSCAN', d.key('i'), '0', ...d.maybe('MATCH', d.of(['*', '1*']))],
]

const rangeOptions = (d: Draw): readonly string[] =>
  d.of([
    [],
    [],
    ['WITHSCORES'],
    ['LIMIT', '1', '2'],
    ['LIMIT', '0', '-1'],
    ['LIMIT', '-1', '1'],
    ['WITHSCORES', 'LIMIT', '0', '1'],
    ['BAD'],
  ])

const sortedSets: readonly Make[] = [
  (d) => [
    'ZADD',
    d.key('z'),
    ...d.maybe(d.of(['NX', 'XX', 'GT', 'LT', 'CH'])),
    ...d.maybe(d.of(['CH', 'INCR'])),
    ...d.many(() => [d.of(scores), d.word()]).flat(),
  ],
  (d) => ['ZADD', d.key('z'), ...d.many(() => [d.of(scores), d.word()]).flat()],
  (d) => ['ZINCRBY', d.key('z'), d.of(scores), d.word()],
  (d) => ['ZREM', d.key('z'), ...d.many(() => d.word())],
  (d) => ['ZCARD', d.key('z')],
  (d) => [d.of(['ZSCORE', 'ZRANK', 'ZREVRANK']), d.key('z'), d.word()],
  (d) => ['ZMSCORE', d.key('z'), ...d.many(() => d.word())],
  (d) => [d.of(['ZRANGE', 'ZREVRANGE']), d.key('z'), d.of(ranks), d.of(ranks), ...rangeOptions(d)],
  (d) => ['ZRANGEBYSCORE', d.key('z'), d.of(bounds), d.of(bounds), ...rangeOptions(d)],
  (d) => ['ZREVRANGEBYSCORE', d.key('z'), d.of(bounds), d.of(bounds), ...rangeOptions(d)],
  (d) => ['ZRANGE', d.key('z'), d.of(bounds), d.of(bounds), 'BYSCORE', ...d.maybe('REV'), ...rangeOptions(d)],
  (d) => ['ZADD', 'q1', ...d.many(() => ['0', d.word()]).flat()],
  (d) => [
    d.of(['ZRANGEBYLEX', 'ZREVRANGEBYLEX']),
    'q1',
    d.of(lexes),
    d.of(lexes),
    ...d.maybe('LIMIT', '1', '2'),
  ],
  (d) => ['ZRANGE', 'q1', d.of(lexes), d.of(lexes), 'BYLEX', ...d.maybe('REV'), ...rangeOptions(d)],
  (d) => ['ZLEXCOUNT', 'q1', d.of(lexes), d.of(lexes)],
  (d) => ['ZREMRANGEBYLEX', 'q1', d.of(lexes), d.of(lexes)],
  (d) => ['ZCOUNT', d.key('z'), d.of(bounds), d.of(bounds)],
  (d) => ['ZREMRANGEBYSCORE', d.key('z'), d.of(bounds), d.of(bounds)],
  (d) => ['ZREMRANGEBYRANK', d.key('z'), d.of(ranks), d.of(ranks)],
  (d) => ['ZRANGESTORE', d.key('z'), d.key('z'), d.of(ranks), d.of(ranks), ...d.maybe('REV')],
  (d) => [d.of(['ZPOPMIN', 'ZPOPMAX']), d.key('z'), ...d.maybe(d.count())],
  (d) => [
    'ZMPOP',
    d.of(['1', '2', '0']),
    d.key('z'),
    d.key('z'),
    d.of(['MIN', 'MAX', 'MID']),
    ...d.maybe('COUNT', '2'),
  ],
  (d) => [
    d.of(['ZUNION', 'ZINTER']),
    '2',
    d.key('z'),
    d.key(d.of(['z', 'e'])),
    ...d.maybe('WEIGHTS', '2', d.of(['0.5', 'x'])),
    ...d.maybe('AGGREGATE', d.of(['MIN', 'MAX', 'SUM', 'AVG'])),
    ...d.maybe('WITHSCORES'),
  ],
  (d) => ['ZDIFF', d.of(['2', '0', '5']), d.key('z'), d.key('z'), ...d.maybe('WITHSCORES')],
  (d) => [d.of(['ZUNIONSTORE', 'ZINTERSTORE', 'ZDIFFSTORE']), d.key('z'), '2', d.key('z'), d.key('z')],
  (d) => ['ZINTERCARD', '2', d.key('z'), d.key('z'), ...d.maybe('LIMIT', '1')],
  (d) => ['ZRANDMEMBER', d.key('z'), '0'],
  (d) => ['ZSCAN', d.key('z'), '0'],
]

const streams: readonly Make[] = [
  (d) => [
    'XADD',
    d.key('t'),
    ...d.maybe('NOMKSTREAM'),
    ...d.of([
      [],
      [],
      [],
      ['MAXLEN', '5'],
      ['MAXLEN', '=', '3'],
      ['MINID', '2-0'],
      ['MAXLEN', '~', '1000'],
      ['LIMIT', '5'],
      ['MAXLEN', '-1'],
    ]),
    d.id(),
    ...d.many(() => [d.word(), d.word()]).flat(),
    ...d.of([[], [], [], ['odd']]),
  ],
  (d) => ['XADD', d.key('t'), d.id(), 'f', d.word()],
  (d) => ['XLEN', d.key('t')],
  (d) => [
    'XRANGE',
    d.key('t'),
    d.of(['-', '(1-1', ...ids]),
    d.of(['+', '(9-9', ...ids]),
    ...d.maybe('COUNT', d.of(['0', '2', '-1', 'x'])),
  ],
  (d) => ['XREVRANGE', d.key('t'), d.of(['+', ...ids]), d.of(['-', ...ids]), ...d.maybe('COUNT', '2')],
  (d) => ['XDEL', d.key('t'), ...d.many(() => d.of(ids))],
  (d) => [
    'XTRIM',
    d.key('t'),
    ...d.of([
      ['MAXLEN', '4'],
      ['MINID', '3-0'],
      ['MAXLEN', 'x'],
      ['BAD', '1'],
      ['MAXLEN', '=', '6'],
      ['MAXLEN', '6', 'LIMIT', '2'],
    ]),
  ],
  (d) => [
    'XREAD',
    ...d.maybe('COUNT', d.of(['1', '2', '0'])),
    'STREAMS',
    't0',
    't1',
    d.of([...ids, '$']),
    d.of([...ids, '$']),
  ],
  (d) => [
    'XGROUP',
    'CREATE',
    d.key('t'),
    d.of(['g1', 'g2']),
    d.of(['0', '$', '2-0', 'x']),
    ...d.maybe('MKSTREAM'),
    ...d.maybe('ENTRIESREAD', d.of(['1', '-1', '-2'])),
  ],
  (d) => ['XGROUP', 'SETID', d.key('t'), 'g1', d.of(['0', '$', '1-2'])],
  (d) => [
    'XGROUP',
    d.of(['CREATECONSUMER', 'DELCONSUMER']),
    d.key('t'),
    d.of(['g1', 'g2']),
    d.of(['c1', 'c2']),
  ],
  (d) => (d.chance() < 0.2 ? ['XGROUP', 'DESTROY', d.key('t'), d.of(['g1', 'g2'])] : ['XLEN', 't0']),
  (d) => [
    'XREADGROUP',
    'GROUP',
    d.of(['g1', 'g2']),
    d.of(['c1', 'c2']),
    ...d.maybe('COUNT', d.of(['1', '3'])),
    ...d.maybe('NOACK'),
    'STREAMS',
    d.of(['t0', 't1']),
    d.of(['>', '>', '0', '1-1', '$']),
  ],
  (d) => ['XACK', d.key('t'), d.of(['g1', 'g2']), ...d.many(() => d.of(ids))],
  (d) => ['XPENDING', d.key('t'), d.of(['g1', 'g2'])],
  (d) => [
    'XCLAIM',
    d.key('t'),
    d.of(['g1', 'g2']),
    d.of(['c1', 'c3']),
    '0',
    ...d.many(() => d.of(ids)),
    ...d.maybe('FORCE'),
    ...d.maybe('JUSTID'),
    ...d.maybe('RETRYCOUNT', '3'),
  ],
  (d) => [
    'XAUTOCLAIM',
    d.key('t'),
    d.of(['g1', 'g2']),
    'c2',
    '0',
    d.of(['0', '0-0', '2-0', '-']),
    ...d.maybe('COUNT', d.of(['1', '2', '0'])),
    ...d.maybe('JUSTID'),
  ],
  (d) => ['XINFO', 'GROUPS', d.key('t')],
  (d) => [
    'XSETID',
    d.key('t'),
    d.of(ids),
    ...d.maybe('ENTRIESADDED', d.of(['10', '1']), 'MAXDELETEDID', d.of(['1-1', '0-0'])),
  ],
]

const generic: readonly Make[] = [
  (d) => [
    d.of(['DEL', 'UNLINK', 'EXISTS', 'TOUCH']),
    ...d.many(() => d.key(d.of(['s', 'h', 'l', 'e', 'z', 't']))),
  ],
  (d) => ['TYPE', d.key(d.of(['s', 'h', 'l', 'e', 'z', 't']))],
  (d) => ['OBJECT', 'ENCODING', `${d.of(['i', 'n', 'q'])}${d.int(3)}`],
  (d) => [
    d.of(['EXPIRE', 'PEXPIRE']),
    d.key(d.of(['s', 'h', 'l'])),
    d.of(['900000000', '0', '-1', 'x', '9223372036854775807']),
    ...d.maybe(d.of(['NX', 'XX', 'GT', 'LT', 'BAD'])),
  ],
  (d) => ['EXPIREAT', d.key('s'), d.of(['33177117420', '1']), ...d.maybe('NX')],
  () => ['EXPIRETIME', 's1'],
  (d) => ['PERSIST', d.key(d.of(['s', 'h']))],
  (d) => [d.of(['RENAME', 'RENAMENX']), d.key(d.of(['s', 'h'])), d.key(d.of(['s', 'h']))],
  (d) => ['COPY', d.key(d.of(['s', 'h', 'z'])), d.key(d.of(['s', 'h', 'z'])), ...d.maybe('REPLACE')],
  (d) => ['KEYS', d.of(['*', 's*', '?1', '[hl]0', 'nothing'])],
  (d) => [
    'SORT',
    d.key(d.of(['l', 'i', 'z'])),
    ...d.maybe('ALPHA'),
    ...d.maybe(d.of(['DESC', 'ASC'])),
    ...d.maybe('LIMIT', '0', '3'),
    ...d.maybe('GET', '#'),
  ],
  (d) => ['SORT', d.key('i'), 'BY', d.of(['s*', 'nosort', 'h1->*']), 'ALPHA', 'GET', 's*', 'GET', '#'],
  (d) => ['PFADD', `p${d.int(3)}`, ...d.many(() => d.word())],
  (d) => ['PFCOUNT', ...d.many(() => `p${d.int(3)}`)],
  (d) => ['PFMERGE', `p${d.int(3)}`, ...d.many(() => `p${d.int(3)}`)],
  (d) => [
    'GEOADD',
    d.key('g'),
    ...d.maybe(d.of(['NX', 'XX', 'CH'])),
    ...d
      .many(() =>
        d.of([
          ['13.361389', '38.115556', 'Palermo'],
          ['15.087269', '37.502669', 'Catania'],
          ['2.349014', '48.864716', 'Paris'],
          ['200', '1', 'nowhere'],
          ['-73.9', '40.7', 'NY'],
        ]),
      )
      .flat(),
  ],
  (d) => [
    'GEODIST',
    d.key('g'),
    d.of(['Palermo', 'Paris', 'x']),
    d.of(['Catania', 'NY']),
    ...d.maybe(d.of(['km', 'mi', 'ft', 'm', 'q'])),
  ],
  (d) => [d.of(['GEOPOS', 'GEOHASH']), d.key('g'), 'Palermo', 'x', 'NY'],
  (d) => [
    'GEOSEARCH',
    d.key('g'),
    ...d.of([['FROMLONLAT', '15', '37'], ['FROMMEMBER', 'Palermo'], []]),
    ...d.of([
      ['BYRADIUS', '200', 'km'],
      ['BYBOX', '4000', '4000', 'km'],
      ['BYRADIUS', '-1', 'm'],
    ]),
    'ASC',
    ...d.maybe('COUNT', '2'),
    ...d.maybe('WITHDIST'),
    ...d.maybe('WITHCOORD', 'WITHHASH'),
  ],
  (d) => [
    'GEORADIUS',
    d.key('g'),
    '15',
    '37',
    '2000',
    'km',
    'DESC',
    ...d.maybe('STOREDIST', 'z1'),
    ...d.maybe('WITHDIST'),
  ],
  (d) => [
    d.of(['GET', 'HGET', 'LPUSH', 'SADD', 'NOSUCH', 'XGROUP', 'OBJECT', 'CLIENT', 'ZADD']),
    ...d.many(() => d.word(), 0, 3),
  ],
  (d) => ['MULTI', ...d.of([[], ['x']])],
  () => ['EXEC'],
  (d) => (d.chance() < 0.3 ? ['DISCARD'] : ['EXEC']),
  (d) => ['WATCH', d.key('s')],
]

const families = [strings, bits, hashes, lists, sets, sortedSets, streams, generic]

export const randomCommand = (draw: Draw): readonly string[] => draw.of(draw.of(families))(draw)

/** Replies whose order Redis leaves open. */
const unordered: ReadonlySet<string> = new Set([
  'SMEMBERS',
  'SINTER',
  'SUNION',
  'SDIFF',
  'SRANDMEMBER',
  'SPOP',
  'KEYS',
  'HRANDFIELD',
  'SSCAN',
  'ZSCAN',
])

/** The reply in a form that is the same for what is the same. Replies of EXEC are only as good as what they hold. */
export const comparable = (name: string, reply: string): string => {
  // Inside a transaction any of them may be.
  if (name === 'EXEC' || name === 'SORT') return reply.split('\r\n').sort().join('\r\n')
  if (!unordered.has(name)) return reply
  return reply
    .split(/(?=\$\d+\r\n)/)
    .sort()
    .join('')
}
