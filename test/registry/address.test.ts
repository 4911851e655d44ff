/** Addresses of mock packages: what they mean, and what is refused with which words. */
import { describe, expect, it } from 'vitest'
import { isAddress, isDistTag, parseAddress } from '../../src/registry/address.ts'

const read = (text: string): unknown => {
  const parsed = parseAddress(text)
  return parsed.ok ? parsed.value : `${parsed.message}; ${parsed.hint}`
}

describe('an address of a library', () => {
  it.each([
    ['npm:@acme/orders-mocks@^1.4', { kind: 'npm', name: '@acme/orders-mocks', range: '^1.4' }],
    ['npm:orders-mocks@>=1.4 <3', { kind: 'npm', name: 'orders-mocks', range: '>=1.4 <3' }],
    ['npm:@acme/orders-mocks', { kind: 'npm', name: '@acme/orders-mocks', range: 'latest' }],
    ['npm:orders-mocks@next', { kind: 'npm', name: 'orders-mocks', range: 'next' }],
    [
      'git+https://git.example.com/mocks.git#main',
      { kind: 'git', url: 'https://git.example.com/mocks.git', ref: 'main' },
    ],
    [
      'git+ssh://git@git.example.com:2222/team/mocks.git#v1.4.0',
      { kind: 'git', url: 'ssh://git@git.example.com:2222/team/mocks.git', ref: 'v1.4.0' },
    ],
    ['git+file:///srv/mocks.git', { kind: 'git', url: 'file:///srv/mocks.git', ref: undefined }],
    [
      `git+https://git.example.com/mocks#${'a1'.repeat(20)}`,
      { kind: 'git', url: 'https://git.example.com/mocks', ref: 'a1'.repeat(20) },
    ],
  ])('%s is read', (text, parts) => {
    expect(isAddress(text)).toBe(true)
    expect(read(text)).toEqual({ ...parts, text })
  })

  it.each([
    ['npm:', /no name of an npm package/],
    ['npm:Orders@1', /Orders is no name of an npm package.*lower case/],
    ['npm:../evil@1', /no name of an npm package/],
    ['npm:--registry=http://x@1', /no name of an npm package|neither a range/],
    ['npm:a&calc@1', /no name of an npm package/],
    ['npm:orders-mocks@', /nothing behind orders-mocks@/],
    ['npm:orders-mocks@1 && rm', /neither a range of versions nor a dist-tag/],
    ['https://git.example.com/mocks.git', /git\+https:\/\/git.example.com\/mocks.git/],
    ['git@git.example.com:team/mocks.git', /git\+ssh:\/\/git@git.example.com\/team\/mocks.git/],
    ['github:acme/mocks', /known forms/],
    ['git+ext::sh -c touch% /tmp/x', /no address of a git repository/],
    ['git+https://git.example.com', /names no repository/],
    ['git+ssh://-oProxyCommand=x/mocks.git', /names no repository|no address of a git repository/],
    ['git+https://git.example.com/mocks.git#', /nothing behind #/],
    ['git+https://git.example.com/mocks.git#--upload-pack=x', /no branch, tag or commit/],
    ['git+https://git.example.com/mocks.git#main..next', /no branch, tag or commit/],
    ['git+https://git.example.com/mocks.git#a1b2c3d', /beginning of a commit/],
  ])('%s is refused', (text, said) => {
    expect(isAddress(text)).toBe(true)
    expect(read(text)).toMatch(said)
  })

  it('never holds credentials, and never repeats them', () => {
    const said = read('git+https://bob:s3cret@git.example.com/mocks.git#main')
    expect(said).toMatch(/credential helper/)
    expect(said).not.toMatch(/s3cret|bob/)
    expect(read('https://tok3n@git.example.com/mocks.git')).not.toMatch(/tok3n/)
  })

  it.each(['./mocks', 'mocks', '../shared/mocks', 'C:\\mocks'])('%s is a folder', (entry) => {
    expect(isAddress(entry)).toBe(false)
  })

  it('tells tags from ranges', () => {
    expect(['next', 'latest', '^1', '*', '1.x', 'v1.2.3'].filter(isDistTag)).toEqual(['next', 'latest'])
  })
})
