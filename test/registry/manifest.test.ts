/** The manifest of a mock package: what is read, and what every broken one is answered with. */
import { describe, expect, it } from 'vitest'
import { SvcMockError } from '../../src/core/errors.ts'
import { manifestText, type PackageManifest, parseManifest } from '../../src/registry/manifest.ts'

const manifest: PackageManifest = {
  format: 1,
  tool: '0.1.0',
  library: ['mocks', 'fixtures'],
  services: {
    users: { protocol: 'grpc', versions: [], mocks: 2 },
    orders: {
      protocol: 'http',
      versions: ['1.4.0'],
      mocks: 12,
      spec: { file: 'specs/orders.yaml', sha256: 'a'.repeat(64) },
    },
  },
}

const refused = (text: string): string => {
  try {
    parseManifest(text, 'orders-mocks 1.4.0')
  } catch (error) {
    if (!(error instanceof SvcMockError)) throw error
    const { source } = error.context
    return `${error.code} ${source?.line}:${source?.column} ${error.message}`
  }
  return 'read'
}

const changed = (change: object): string => JSON.stringify({ ...manifest, ...change })

describe('a manifest', () => {
  it('reads back what was written, services in order', () => {
    const text = manifestText(manifest)
    expect(parseManifest(text, 'x')).toEqual(manifest)
    expect(text.indexOf('"orders"')).toBeLessThan(text.indexOf('"users"'))
  })

  it('may hold keys that a later svc-mock knows', () => {
    expect(refused(changed({ homepage: 'x' }))).toBe('read')
  })

  it('of a newer format is refused before anything else in it is looked at', () => {
    expect(refused('{ "format": 2,\n "tool": "9.1.0", "library": {} }')).toBe(
      'PACKAGE_TOO_NEW 1:13 orders-mocks 1.4.0 was packed by svc-mock 9.1.0 in format 2, and this svc-mock reads up to format 1',
    )
  })

  it.each([
    ['{', /^PACKAGE_INVALID/],
    ['[]', /must be a map/],
    [changed({ format: 'one' }), /format must be/],
    [changed({ library: [] }), /library/],
    [changed({ library: ['../other'] }), /must lead into the package/],
    [changed({ library: ['/etc'] }), /must lead into the package/],
    [changed({ library: ['a\\b'] }), /must lead into the package/],
    [changed({ services: { orders: { protocol: 'http', versions: [] } } }), /mocks is missing/],
    [
      changed({
        services: {
          orders: { protocol: 'http', versions: [], mocks: 0, spec: { file: 'a', sha256: 'x' } },
        },
      }),
      /64 hexadecimal digits/,
    ],
  ])('%s is refused', (text, said) => {
    expect(refused(text)).toMatch(/^PACKAGE_INVALID \d+:\d+ orders-mocks 1.4.0 is no mock package that can/)
    expect(refused(text)).toMatch(said)
  })
})
