import { describe, expect, it } from 'vitest'
import {
  isInnerAddress,
  isLinkLocalOrMetadata,
  isLoopback,
  isUnspecified,
} from '../../src/config/addresses.ts'
import { formatAuthority, parseAuthority, parseListen, parseSize } from '../../src/config/authority.ts'
import { productionMatcher, productionPatternOf } from '../../src/config/guard.ts'
import { parseHostPattern } from '../../src/config/host-pattern.ts'
import { formatIp, parseCidr, parseIp } from '../../src/config/ip.ts'

describe('kinds of addresses', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', 'localhost', 'LOCALHOST'])(
    '%s is loopback',
    (address) => {
      expect(isLoopback(address)).toBe(true)
    },
  )

  it.each([
    '169.254.169.254',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '100.100.100.200',
    '192.0.0.192',
    '::ffff:169.254.169.254',
  ])('%s is link-local or metadata', (address) => {
    expect(isLinkLocalOrMetadata(address)).toBe(true)
    expect(isInnerAddress(address)).toBe(true)
  })

  it.each(['10.0.0.1', '8.8.8.8', 'example.com', '2001:db8::1', '', '126.255.255.255'])(
    '%s is neither',
    (address) => {
      expect(isInnerAddress(address)).toBe(false)
    },
  )

  it('does not take an unspecified address for loopback', () => {
    expect(isLoopback('0.0.0.0')).toBe(false)
    expect(isUnspecified('0.0.0.0')).toBe(true)
    expect(isUnspecified('::')).toBe(true)
    expect(isInnerAddress('::')).toBe(true)
  })
})

describe('parseIp and parseCidr', () => {
  it.each([
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['1::8', '1:0:0:0:0:0:0:8'],
    ['64:ff9b::10.0.0.1', '64:ff9b:0:0:0:0:a00:1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['255.255.255.255', '255.255.255.255'],
  ])('%s is %s', (text, expected) => {
    expect(formatIp(parseIp(text)!)).toBe(expected)
  })

  it.each(['0x7f.1', '010.0.0.1', '1.2.3', 'localhost', '1.2.3.4.5', ''])('%s is no address', (text) => {
    expect(parseIp(text)).toBeUndefined()
  })

  it.each(['10.0.0.0/33', '::/129', 'a/8', '10.0.0.0/', '::ffff:10.0.0.0/64'])('%s is no range', (text) => {
    expect(parseCidr(text)).toBeUndefined()
  })
})

describe('productionMatcher', () => {
  const production = productionMatcher(['pay.example.com', '*.prod.example.com', '10.9.0.0/16', 'fd09::/16'])
  it.each([
    ['PAY.example.com.', undefined, 'pay.example.com'],
    ['a.b.prod.example.com', undefined, '*.prod.example.com'],
    ['prod.example.com', undefined, undefined],
    ['10.9.1.1', undefined, '10.9.0.0/16'],
    ['test.example.com', '10.9.1.1', '10.9.0.0/16'],
    ['test.example.com', '::ffff:10.9.1.1', '10.9.0.0/16'],
    ['test.example.com', 'fd09::1', 'fd09::/16'],
    ['test.example.com', '10.8.1.1', undefined],
  ])('%s at %s is caught by %s', (host, ip, expected) => {
    expect(production(host, ip)).toBe(expected)
  })

  it.each([
    ['*.x.prod.example.com', '*.prod.example.com'],
    ['*.example.com', undefined],
    ['10.9.8.0/24', '10.9.0.0/16'],
    ['10.0.0.0/8', undefined],
  ])('of the pattern %s lies in production: %s', (text, expected) => {
    const parsed = parseHostPattern(text)
    if (!parsed.ok) throw new Error(parsed.message)
    expect(productionPatternOf(parsed.pattern, ['*.prod.example.com', '10.9.0.0/16'])).toBe(expected)
  })
})

describe('parseAuthority', () => {
  it.each([
    ['http://orders.test', 'http://orders.test'],
    ['HTTPS://Orders.test:443/base/', 'https://orders.test/base'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['tcp://db:5432', 'tcp://db:5432'],
  ])('reads %s', (text, expected) => {
    const parsed = parseAuthority(text)
    expect(parsed.ok && formatAuthority(parsed.value)).toBe(expected)
  })

  it.each([
    ['orders.test:80', '"orders.test:80" has no scheme'],
    ['ftp://x', 'the scheme ftp of "ftp://x" is not known'],
    ['http://u:secret@x', 'an upstream address may not hold a user or password'],
    ['tcp://db', '"tcp://db" has no port'],
    ['http://x?a=1', '"http://x?a=1" has a query or fragment'],
    ['http://', '"http://" is no address'],
  ])('refuses %s', (text, message) => {
    expect(parseAuthority(text)).toMatchObject({ ok: false, message })
  })
})

it.each([
  ['127.0.0.1:8700', { host: '127.0.0.1', port: 8700 }],
  ['[::1]:0', { host: '::1', port: 0 }],
  ['8700', { host: '127.0.0.1', port: 8700 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
])('listens on %s', (text, value) => {
  expect(parseListen(text)).toEqual({ ok: true, value })
})

it.each([':8700', 'localhost', '127.0.0.1:99999', 'http://x:1'])('refuses to listen on %s', (text) => {
  expect(parseListen(text).ok).toBe(false)
})

it.each([
  ['10MB', 10 * 1024 * 1024],
  ['512 kb', 512 * 1024],
  ['1.5MiB', 1.5 * 1024 * 1024],
  ['2048', 2048],
])('%s are %i bytes', (text, value) => {
  expect(parseSize(text)).toEqual({ ok: true, value })
})

it.each(['', 'ten', '0', '5TB', '-1', '3GB'])('%s is no size', (text) => {
  expect(parseSize(text).ok).toBe(false)
})
