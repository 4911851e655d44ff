/** library: in svc-mock.yaml gains and loses entries, and nothing else of the text changes. */
import { describe, expect, it } from 'vitest'
import { editLibrary } from '../../src/app/packages/edit-library.ts'

const entry = 'npm:@acme/orders-mocks@^1.4'
const added = (text: string): string | undefined =>
  editLibrary(text, 'svc-mock.yaml', { add: [entry], remove: [] })
const removed = (text: string): string | undefined =>
  editLibrary(text, 'svc-mock.yaml', { add: [], remove: [entry] })

/** What stands there without the package, and with it. */
const pairs: readonly (readonly [string, string])[] = [
  [
    'library: [./mocks, ./fixtures] # ours\nservices: {}\n',
    `library: [./mocks, ./fixtures, '${entry}'] # ours\nservices: {}\n`,
  ],
  ["library: ['./mo''cks']\n", `library: ['./mo''cks', '${entry}']\n`],
  ['library: [ "./a\\"b" ]\n', `library: [ "./a\\"b", '${entry}' ]\n`],
  [
    '# top\nlibrary:\n  - ./mocks # ours\n  - ./fixtures # recorded\n\n# all\nservices: {}\n',
    `# top\nlibrary:\n  - ./mocks # ours\n  - ./fixtures # recorded\n  - '${entry}'\n\n# all\nservices: {}\n`,
  ],
  ['library:\n- ./mocks\nname: shop\n', `library:\n- ./mocks\n- '${entry}'\nname: shop\n`],
  [
    'library:\r\n  -   ./mocks\r\nname: x\r\n',
    `library:\r\n  -   ./mocks\r\n  -   '${entry}'\r\nname: x\r\n`,
  ],
  [
    'library: [\n  ./mocks, # ours\n  ./fixtures,\n  ]\n',
    `library: [\n  ./mocks, # ours\n  ./fixtures,\n  '${entry}',\n  ]\n`,
  ],
  ['library: []\nname: x\n', `library: ['${entry}']\nname: x\n`],
]

describe('an entry of library', () => {
  it.each(pairs)('is added to %j', (before, after) => {
    expect(added(before)).toBe(after)
  })

  it.each(pairs)('is removed again: %j', (before, after) => {
    expect(removed(after)).toBe(before)
  })

  it.each([
    [
      'library: [./mocks] # no line break at the end',
      `library: [./mocks, '${entry}'] # no line break at the end`,
    ],
    ['library:\n  - ./mocks', `library:\n  - ./mocks\n  - '${entry}'\n`],
    ['library: [\n  ./mocks # ours\n  ]\n', `library: [\n  ./mocks, # ours\n  '${entry}',\n  ]\n`],
    ['library:\nname: x\n', `library: [./mocks, ./fixtures, '${entry}']\nname: x\n`],
    ['', `library: [./mocks, ./fixtures, '${entry}']\n`],
    ['name: x', `name: x\nlibrary: [./mocks, ./fixtures, '${entry}']\n`],
    [
      'name: x\n\n# what we call\nservices: {}\n',
      `name: x\n\nlibrary: [./mocks, ./fixtures, '${entry}']\n# what we call\nservices: {}\n`,
    ],
    [
      '# schema\n# more\nservices: {}\n',
      `# schema\n# more\nlibrary: [./mocks, ./fixtures, '${entry}']\nservices: {}\n`,
    ],
    [
      'name: x\r\nservices: {}\r\n',
      `name: x\r\nlibrary: [./mocks, ./fixtures, '${entry}']\r\nservices: {}\r\n`,
    ],
  ])('is added to %j', (before, after) => {
    expect(added(before)).toBe(after)
  })

  it.each([
    [`library: ['${entry}', ./mocks]\n`, 'library: [./mocks]\n'],
    [`library: ['${entry}']\n`, 'library: []\n'],
    [`library:\n  - '${entry}' # theirs\nname: x\n`, 'library: []\nname: x\n'],
    [`library:\n  - ./a\n  # theirs\n  - "${entry}"\n  - ./b\n`, 'library:\n  - ./a\n  # theirs\n  - ./b\n'],
    [`library:\n  - ${entry}\n  - ./b\n`, 'library:\n  - ./b\n'],
  ])('is removed from %j', (before, after) => {
    expect(removed(before)).toBe(after)
  })

  it('is replaced', () => {
    expect(
      editLibrary(`library: [./mocks, '${entry}'] # x\n`, 'svc-mock.yaml', {
        add: ['npm:@acme/orders-mocks@^2.0.0'],
        remove: [entry],
      }),
    ).toBe("library: [./mocks, 'npm:@acme/orders-mocks@^2.0.0'] # x\n")
  })

  it.each([
    '{ library: [./mocks] }\n',
    'library: &all [./mocks]\nother: *all\n',
    'library:\n  - &a ./mocks\n',
    'library: ./mocks\n',
    'library: [./mocks\n',
    '{ "services": {} }\n',
  ])('is not added to %j where that could mean something else', (text) => {
    const edited = added(text)
    // What a flow map takes is right as well; anything else is left to a person.
    if (edited !== undefined) expect(edited).toContain(entry)
  })
})
