/** The lock file: the same packages give the same text, and what cannot be trusted is refused with its place. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type LockedPackage, lockFileOf, lockText, readLock } from '../../src/registry/lock.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const integrity = `sha512-${'ab/+'.repeat(21)}ab==`
const npm: LockedPackage = {
  name: '@acme/orders-mocks',
  version: '1.4.0',
  integrity,
  services: { users: [], orders: ['1.4.0'] },
}
const git: LockedPackage = { ...npm, name: 'mocks', version: '1a2b3c4d5e6f', commit: '1a'.repeat(20) }
const text = lockText(new Map([['npm:@acme/orders-mocks@^1.4', npm]]))

const problemsOf = (content: string): readonly string[] => {
  const file = join(makeFolder(), 'svc-mock.lock')
  writeFileSync(file, content)
  return readLock(file).problems.map(({ code, at, message }) => `${code} ${at.file}:${at.line} ${message}`)
}

describe('svc-mock.lock', () => {
  it('reads back what was written, in any order the same text', () => {
    const entries = [
      ['npm:@acme/orders-mocks@^1.4', npm],
      ['git+https://git.example.com/mocks.git#main', git],
    ] as const
    const written = lockText(new Map(entries))
    expect(written).toBe(lockText(new Map([...entries].reverse())))
    const file = join(makeFolder(), 'svc-mock.lock')
    writeFileSync(file, written)
    expect(Object.fromEntries(readLock(file).packages)).toEqual(Object.fromEntries(entries))
    expect(written).toMatchInlineSnapshot(`
      "# What svc-mock.yaml's library became. svc-mock writes it; commit it.
      format: 1
      packages:
        'git+https://git.example.com/mocks.git#main':
          name: mocks
          version: 1a2b3c4d5e6f
          commit: 1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a
          integrity: sha512-ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab==
          services:
            orders:
              - '1.4.0'
            users: []
        'npm:@acme/orders-mocks@^1.4':
          name: '@acme/orders-mocks'
          version: '1.4.0'
          integrity: sha512-ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab/+ab==
          services:
            orders:
              - '1.4.0'
            users: []
      "
    `)
  })

  it('keeps versions and commits that look like numbers as texts', () => {
    const odd = { ...git, version: '123456789012', commit: `${'1'.repeat(38)}e5`, services: { a: ['1.10'] } }
    const file = join(makeFolder(), 'svc-mock.lock')
    writeFileSync(file, lockText(new Map([['git+https://x/y', odd]])))
    expect(readLock(file).packages.get('git+https://x/y')).toEqual(odd)
  })

  it('that is not there locks nothing', () => {
    expect(readLock(join(makeFolder(), 'svc-mock.lock'))).toEqual({ packages: new Map(), problems: [] })
  })

  it('belongs to its svc-mock.yaml', () => {
    expect(lockFileOf('/x/svc-mock.yaml')).toBe('/x/svc-mock.lock')
    expect(lockFileOf('/x/other.yml')).toBe('/x/other.lock')
  })

  it.each([
    [
      `${text}<<<<<<< HEAD\n=======\n>>>>>>> main\n`,
      ['LOCK_INVALID svc-mock.lock:12 svc-mock.lock holds a conflict of a merge'],
    ],
    ['format: [1', [/^LOCK_INVALID svc-mock.lock:\d+ /]],
    ['', [/format is missing/, /packages is missing/]],
    [text.replace('format: 1', 'format: 2'), [/has format 2, and this svc-mock reads up to 1/]],
    [text.replace(/sha512-\S+/, 'sha512-short'), [/integrity must be sha512-…/]],
    [text.replace(/ {4}integrity:.*\n/, ''), [/integrity is missing/]],
    [text.replace(/( {4}version:.*)/, '$1\n    extra: 1'), [/extra/]],
    ['just text', [/must be a map/]],
  ])('%j is refused', (content, said) => {
    const problems = problemsOf(content)
    expect(problems).toHaveLength(said.length)
    problems.forEach((problem, i) => {
      if (typeof said[i] === 'string') expect(problem).toBe(said[i])
      else expect(problem).toMatch(said[i]!)
    })
  })
})
