/** Names of fixtures: allowed on every system, and as different as what they stand for. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileName, folderName } from '../../src/record/file-names.ts'

const piece = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.webSegment(),
  fc.constantFrom(
    'con',
    'CON',
    'nul',
    'com1',
    'COM¹',
    'lpt9',
    'aux',
    'a.b',
    'a-b',
    'A',
    'a',
    '',
    '{id}',
    '..',
    '.',
    'a ',
    'a.',
    'x'.repeat(300),
    '中文',
    'a/b',
    'a\\b',
    'a:b',
    '<>|?*"',
    '@',
    'ß',
    'ss',
  ),
)
const operation = fc.tuple(
  fc.constantFrom('GET', 'get', 'POST', 'CON', 'PROPFIND'),
  fc.array(piece, { maxLength: 5 }),
)
const label = fc.option(fc.oneof(piece, fc.constantFrom('case', 'Case')), { nil: undefined })

/** What Windows forbids (Naming Files, Paths, and Namespaces), case aside. */
const isSafe = (name: string): boolean =>
  name.length > 0 &&
  name.length <= 140 &&
  !/[<>:"/\\|?*\x00-\x1f]/.test(name) &&
  !/[. ]$/.test(name) &&
  !/^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i.test(name) &&
  name === name.toLowerCase()

describe('file names', () => {
  it('are allowed on Windows, whatever the operation is called', () => {
    fc.assert(
      fc.property(operation, label, ([method, path], name) => {
        expect(`${fileName([method, ...path], name)}.yaml`).toSatisfy(isSafe)
      }),
      { numRuns: 3000 },
    )
  })

  it('differ for different operations, also where case does not count', () => {
    fc.assert(
      fc.property(fc.tuple(operation, label), fc.tuple(operation, label), ([a, x], [b, y]) => {
        const same = JSON.stringify([a, x]) === JSON.stringify([b, y])
        const names = [fileName(a.flat(), x), fileName(b.flat(), y)].map((name) => name.toLowerCase())
        expect(names[0] === names[1]).toBe(same)
      }),
      { numRuns: 5000 },
    )
  })

  it('are readable where nothing stands against it', () => {
    expect(fileName(['GET', 'orders', '{id}', 'line-items'])).toBe('get.orders.{id}.line-items')
    expect(fileName(['GET'])).toBe('get')
    expect(fileName(['POST', 'orders'], 'no-balance')).toBe('post.orders@no-balance')
    expect(fileName(['GET', 'v1.4'])).toMatch(/^get\.v1_4-[0-9a-f]{8}$/)
  })

  it('of folders are as safe', () => {
    fc.assert(
      fc.property(piece, piece, (a, b) => {
        if (a !== '') expect(folderName(a)).toSatisfy(isSafe)
        if (a !== b) expect(folderName(a)).not.toBe(folderName(b))
      }),
      { numRuns: 2000 },
    )
    expect(folderName('orders')).toBe('orders')
    expect(folderName('1.4.0')).toBe('1.4.0')
  })
})
