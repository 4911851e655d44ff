/** Tarballs that mean harm: each is refused by name, and nothing of it is read further. */
import { gzipSync } from 'node:zlib'
import { Header } from 'tar'
import { describe, expect, it } from 'vitest'
import { SvcMockError } from '../../src/core/errors.ts'
import { packageLimits } from '../../src/registry/package-files.ts'
import { unpack } from '../../src/registry/unpack.ts'

type EntryType = ConstructorParameters<typeof Header>[0] extends infer _ ? Header['type'] : never

interface Entry {
  readonly path: string
  readonly content?: string | Uint8Array
  readonly type?: EntryType
  readonly linkpath?: string
  /** What the header claims. */
  readonly size?: number
}

/** Written by hand, since no tool makes such. */
const tar = (...entries: readonly Entry[]): Buffer => {
  const blocks = entries.flatMap(({ path, content = '', type = 'File', linkpath, size }) => {
    const bytes = Buffer.from(content)
    const header = new Header({ path, type, size: size ?? bytes.length, mode: 0o644, mtime: new Date(0) })
    if (linkpath !== undefined) header.linkpath = linkpath
    const block = Buffer.alloc(512)
    header.encode(block, 0)
    return [block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

const read = (tarball: Uint8Array): unknown => {
  try {
    return Object.fromEntries(
      [...unpack(tarball, 'orders 1.0.0')].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]),
    )
  } catch (error) {
    if (!(error instanceof SvcMockError)) throw error
    return `${error.code} ${error.message}`
  }
}

const packed = (...entries: readonly Entry[]): unknown => read(gzipSync(tar(...entries)))

describe('a tarball', () => {
  it('becomes its files, without the folder around them, whatever that is called', () => {
    expect(
      packed(
        { path: 'package/', type: 'Directory' },
        { path: 'package/package.json', content: '{}' },
        { path: 'package/mocks/größe.yaml', content: 'mocks: []' },
      ),
    ).toEqual({ 'package.json': '{}', 'mocks/größe.yaml': 'mocks: []' })
    expect(packed({ path: 'orders/a', content: 'x' })).toEqual({ a: 'x' })
  })

  it.each([
    ['package/../../evil', 'leads out of the package'],
    ['../evil', 'leads out of the package'],
    ['/etc/passwd', 'is absolute'],
    ['package//etc/passwd', 'is absolute'],
    ['package/C:/evil', 'is absolute'],
    ['package/a\\..\\..\\evil', 'leads out of the package'],
    ['package/./a', 'has an empty step'],
    ['package/a/./b', 'has an empty step'],
    ['package/nul', 'is no name on every system'],
    ['package/mocks/COM1.yaml', 'is no name on every system'],
    ['package/mocks /a', 'is no name on every system'],
    ['package/a:stream', 'has a character that not every system allows in names'],
    ['package/a\u0007b', 'has a character that not every system allows in names'],
    [`package/${'a/'.repeat(120)}b`, 'is longer than 240 characters'],
  ])('with the path %j is refused', (path, why) => {
    expect(packed({ path: 'package/fine' }, { path, content: 'x' })).toMatch(
      /^PACKAGE_INVALID orders 1.0.0 cannot be installed: the path /,
    )
    expect(packed({ path, content: 'x' })).toContain(why)
  })

  it.each([
    ['SymbolicLink', 'is a link'],
    ['Link', 'is a link'],
    ['CharacterDevice', 'is no plain file'],
    ['BlockDevice', 'is no plain file'],
    ['FIFO', 'is no plain file'],
  ] as const)('with a %s is refused', (type, why) => {
    const target = type.endsWith('Link') ? { linkpath: '../../../etc/passwd' } : {}
    expect(packed({ path: 'package/mocks/a', type, ...target })).toBe(
      `PACKAGE_INVALID orders 1.0.0 cannot be installed: "package/mocks/a" in its tarball ${why}`,
    )
  })

  it.each([
    ['a', 'a', 'a is there twice'],
    ['Mocks/a', 'mocks/A', 'Mocks/a and mocks/A are one file on some systems'],
    ['\u00e9', 'e\u0301', 'are one file on some systems'],
  ])('with %s and %s is refused', (one, other, why) => {
    expect(packed({ path: `package/${one}` }, { path: `package/${other}` })).toContain(why)
  })

  it('with a file that is too large is refused by its header', () => {
    const whole = tar({ path: 'package/big', size: packageLimits.file + 1, content: 'x' })
    expect(read(gzipSync(whole))).toContain('big has 33 MB, and a file may have 32 MB')
  })

  it('that unpacks to far more than it is is stopped', () => {
    const bomb = gzipSync(Buffer.alloc(packageLimits.unpacked + 21 * 1024 * 1024))
    expect(bomb.length).toBeLessThan(1024 * 1024)
    expect(read(bomb)).toContain('unpacked it has more than 256 MB')
  })

  it('with more files than mocks can need is refused', () => {
    const many = Array.from({ length: packageLimits.files + 1 }, (_, i) => ({ path: `package/${i}` }))
    expect(packed(...many)).toContain('it has more than 20,000 files')
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('<html>sign in</html>')],
    ['half of one', gzipSync(tar({ path: 'package/a', content: 'x'.repeat(5000) })).subarray(0, 60)],
    [
      'one that ends inside a file',
      gzipSync(tar({ path: 'package/a', content: 'x'.repeat(5000) }).subarray(0, 2000)),
    ],
    [
      'a wrong checksum',
      gzipSync(Buffer.concat([Buffer.from('x'), tar({ path: 'package/a', content: 'x' })])),
    ],
  ])('that is %s is refused', (_what, bytes) => {
    expect(read(bytes)).toMatch(/^PACKAGE_INVALID orders 1.0.0 cannot be installed: its tarball is broken/)
  })
})
