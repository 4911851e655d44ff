import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HostPattern, normalHost, parseHostPattern, patternKey } from '../../src/config/host-pattern.ts'
import { type HostMatch, HostTable } from '../../src/config/hosts.ts'
import { inCidr, parseIp } from '../../src/config/ip.ts'

const tableOf = (patterns: readonly string[]): HostTable<string> =>
  new HostTable(patterns.map((pattern) => ({ patterns: [pattern], value: pattern })))

describe('find', () => {
  const table = tableOf([
    'orders.test.example.com',
    'orders:8080',
    '*.example.com',
    '*.test.example.com',
    '10.0.0.0/8',
    '10.1.0.0/16',
    '10.1.2.3',
    '[::1]:8080',
    'fd00::/8',
    'api.example.com/orders',
    'api.example.com/orders/v2',
    'api.example.com:444/orders',
  ])
  it.each([
    ['orders.test.example.com', 80, '/', 'orders.test.example.com'],
    ['ORDERS.Test.Example.COM.', 80, '/', 'orders.test.example.com'],
    ['orders', 8080, '/', 'orders:8080'],
    ['orders', 80, '/', undefined],
    ['x.test.example.com', 80, '/', '*.test.example.com'],
    ['a.b.example.com', 80, '/', '*.example.com'],
    ['example.com', 80, '/', undefined],
    ['10.1.2.3', 80, '/', '10.1.2.3'],
    ['::ffff:10.1.2.3', 80, '/', '10.1.2.3'],
    ['10.1.9.9', 80, '/', '10.1.0.0/16'],
    ['10.200.0.1', 80, '/', '10.0.0.0/8'],
    ['11.0.0.1', 80, '/', undefined],
    ['::1', 8080, '/', '[::1]:8080'],
    ['[0:0:0:0:0:0:0:1]', 8080, '/', '[::1]:8080'],
    ['fd12::1', 80, '/', 'fd00::/8'],
    ['api.example.com', 80, '/orders', 'api.example.com/orders'],
    ['api.example.com', 80, '/orders/1', 'api.example.com/orders'],
    ['api.example.com', 80, '/orders?x=1', 'api.example.com/orders'],
    ['api.example.com', 80, '/orders/v2/1', 'api.example.com/orders/v2'],
    ['api.example.com', 444, '/orders/v2/1', 'api.example.com:444/orders'],
    ['api.example.com', 80, '/orders2', '*.example.com'],
  ])('%s port %i path %s is %s', (host, port, path, expected) => {
    expect(table.find(host, port, path)?.value).toBe(expected)
  })

  it('tells the base path that mock paths do not have', () => {
    expect(table.find('api.example.com', 80, '/orders/v2/1')?.basePath).toBe('/orders/v2')
    expect(table.find('orders', 8080, '/x')?.basePath).toBe('')
  })

  it('puts * behind everything', () => {
    const both = tableOf(['*', '10.0.0.0/8', '*.a'])
    expect(both.find('10.0.0.1', 1, '/')?.value).toBe('10.0.0.0/8')
    expect(both.find('x.a', 1, '/')?.value).toBe('*.a')
    expect(both.find('anything', 1, '/')?.value).toBe('*')
  })

  it('agrees with looking at every pattern', () => {
    const name = fc.constantFrom(
      'a',
      'b.a',
      'c.b.a',
      'd.c.b.a',
      'b',
      '10.1.2.3',
      '10.1.9.9',
      '10.9.9.9',
      '::1',
    )
    const form = fc.oneof(
      name,
      fc.constantFrom('*.a', '*.b.a', '*.c.b.a', '*', '10.0.0.0/8', '10.1.0.0/16', '::/64'),
    )
    const pattern = fc
      .tuple(form, fc.constantFrom('', ':1', ':2'), fc.constantFrom('', '/p', '/p/q', '/pq'))
      .map(([host, port, base]) => {
        if (/\/\d+$/.test(host)) return host
        return `${host.includes(':') && port !== '' ? `[${host}]` : host.includes(':') && base !== '' ? `[${host}]` : host}${port}${base}`
      })
    fc.assert(
      fc.property(
        fc.uniqueArray(pattern, { maxLength: 14, selector: (text) => patternKey(parsed(text)) }),
        name,
        fc.constantFrom(1, 2, 3),
        fc.constantFrom('/', '/p', '/p/x', '/p/q', '/p/q/x', '/pq', '/pqr'),
        (patterns, host, port, path) => {
          expect(tableOf(patterns).find(host, port, path)?.value).toBe(
            naive(patterns, host, port, path)?.value,
          )
        },
      ),
      { numRuns: 3000 },
    )
  })
})

const parsed = (text: string): HostPattern => {
  const result = parseHostPattern(text)
  if (!result.ok) throw new Error(result.message)
  return result.pattern
}

/** The rule as it is written down: of all that match, the greatest by kind, specificity, port, base path. */
const naive = (
  patterns: readonly string[],
  host: string,
  port: number,
  path: string,
): HostMatch<string> | undefined => {
  const name = normalHost(host)
  const ip = parseIp(name)
  const ranked = patterns.flatMap((text) => {
    const one = parsed(text)
    if (one.port !== undefined && one.port !== port) return []
    if (one.basePath !== '' && path !== one.basePath && !path.startsWith(`${one.basePath}/`)) return []
    const rank = [one.port === undefined ? 0 : 1, one.basePath.length]
    const kind = one.host
    if (kind.kind === 'exact') return kind.name === name ? [{ text, one, rank: [3, 0, ...rank] }] : []
    if (kind.kind === 'cidr') {
      return ip !== undefined && inCidr(ip, kind.cidr)
        ? [{ text, one, rank: [1, kind.cidr.prefix, ...rank] }]
        : []
    }
    if (kind.suffix === '') return [{ text, one, rank: [0, 0, ...rank] }]
    return ip === undefined && name.endsWith(kind.suffix)
      ? [{ text, one, rank: [2, kind.suffix.length, ...rank] }]
      : []
  })
  ranked.sort((a, b) => {
    const differing = a.rank.findIndex((value, i) => value !== b.rank[i])
    return differing === -1 ? 0 : b.rank[differing]! - a.rank[differing]!
  })
  const [best] = ranked
  return best === undefined ? undefined : { value: best.text, basePath: best.one.basePath }
}

describe('parseHostPattern', () => {
  it.each([
    ['http://orders.test', '"http://orders.test" is a URL, and a host is expected'],
    ['orders-*.example.com', '"orders-*.example.com" is no host'],
    ['a b', '"a b" is no host'],
    ['orders:99999', '"orders:99999" has no port from 1 to 65535 after its colon'],
    ['orders:', '"orders:" has no port from 1 to 65535 after its colon'],
    ['10.0.0.0/33', '"10.0.0.0/33" is no CIDR range'],
    ['{service}.test', '"{service}.test" is no host'],
    ['a.com/x?y', 'the base path of "a.com/x?y" holds "?"'],
    ['', '"" is no host'],
    ['bücher.example', '"bücher.example" is no host'],
  ])('refuses %s with a hint', (text, message) => {
    const result = parseHostPattern(text)
    expect(result).toMatchObject({ ok: false, message })
    expect(result).toHaveProperty('hint')
  })

  it('sees equal patterns in different spellings', () => {
    expect(patternKey(parsed('Orders.Test.'))).toBe(patternKey(parsed('orders.test')))
    expect(patternKey(parsed('[::1]:80/a/'))).toBe(patternKey(parsed('[0:0::1]:80/a')))
    expect(patternKey(parsed('10.1.2.3/8'))).toBe(patternKey(parsed('10.0.0.0/8')))
    expect(patternKey(parsed('a:80'))).not.toBe(patternKey(parsed('a')))
  })
})
