import { describe, expect, it } from 'vitest'
import { isStraight, javaNonProxyHosts, noProxyFor } from '../../src/app/env/no-proxy.ts'

const loopback = ['localhost', '127.0.0.1', '::1']

describe('NO_PROXY', () => {
  it('covers loopback when no service lives there', () => {
    expect(noProxyFor(undefined, ['orders.test']).entries).toEqual(loopback)
  })

  it.each(['localhost:8080', '127.0.0.1:8080', '127.0.0.5', '[::1]:80', '::1', 'app.localhost'])(
    'leaves loopback out when a service has the host %s',
    (host) => {
      expect(noProxyFor('localhost,127.0.0.1,other', [host]).entries).toEqual(['other'])
    },
  )

  it("keeps the user's entries", () => {
    expect(noProxyFor('.corp, db.test 10.0.0.0/8', ['orders.test']).entries).toEqual([
      '.corp',
      'db.test',
      '10.0.0.0/8',
      ...loopback,
    ])
  })

  it.each([
    ['*', 'orders.test'],
    ['orders.test', 'orders.test:8080'],
    ['.test', 'orders.test'],
    ['*.test', 'a.orders.test/base'],
    ['test', 'orders.test'],
    ['ORDERS.test', 'orders.test'],
    ['a.orders.test', '*.orders.test'],
    ['10.0.0.0/8', '10.2.3.4:8080'],
    ['10.2.3.4', '10.2.3.4:8080'],
    ['10.0.0.0/8', '10.2.0.0/16'],
  ])('drops %s, because it would hide %s', (entry, host) => {
    expect(noProxyFor(`${entry},kept`, [host])).toMatchObject({
      dropped: [entry],
      entries: ['kept', ...loopback],
    })
  })

  it.each([
    ['orders.test:9090', 'orders.test:8080'],
    ['rders.test', 'orders.test'],
    ['11.0.0.0/8', '10.2.3.4'],
  ])('keeps %s beside %s', (entry, host) => {
    expect(noProxyFor(entry, [host]).dropped).toEqual([])
  })
})

describe("Java's http.nonProxyHosts", () => {
  it('has wildcards in the place of suffixes and ranges', () => {
    const java = javaNonProxyHosts(
      noProxyFor('.corp,db.test,10.0.0.0/8,10.1.2.0/25,cache:6379', ['orders.test']),
    )
    expect(java).toBe('*.corp|db.test|*.db.test|10.*|localhost|127.*|127.0.0.1|[::1]')
  })

  it('is empty when loopback must go through the proxy, for Java adds it to any other value', () => {
    expect(javaNonProxyHosts(noProxyFor('.corp', ['localhost:8080']))).toBe('')
  })
})

describe('what is reached straight', () => {
  it.each([
    ['.corp', 'a.corp', 80, true],
    ['corp', 'a.corp', 80, true],
    ['a.corp:8080', 'a.corp', 80, false],
    ['10.0.0.0/8, other', '10.1.2.3', 80, true],
    ['::1', '::1', 80, true],
    ['*', 'anything', 443, true],
    ['', 'a.corp', 80, false],
  ])('by NO_PROXY=%s: %s:%i', (users, host, port, straight) => {
    expect(isStraight(users, host, port)).toBe(straight)
  })
})
