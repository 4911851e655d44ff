/** Mocks made from a contract keep it, come out the same each time, and leave what people did to them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verifySpec } from '../../src/app/contract/verify-spec.ts'
import { type ImportResult, importFrom } from '../../src/app/imports/import-from.ts'
import { openapiFormat } from '../../src/app/imports/openapi/openapi.ts'
import { openLibrary } from '../../src/app/library.ts'
import { openWorkspace } from '../../src/app/workspace.ts'
import { chanceFrom } from '../../src/core/chance.ts'
import { textLike } from '../../src/core/text-like.ts'
import { workspace } from '../support/workspace.ts'
import { shortly } from './orders.ts'
import { billing, petShop, search } from './specs.ts'

const settings = 'services: { shop: { contract: { openapi: ./shop.yaml } } }\n'
const made = (spec: string) => workspace({ 'svc-mock.yaml': settings, 'shop.yaml': spec })

const imported = (folder: string, more: { readonly seed?: string } = {}): Promise<ImportResult> =>
  importFrom(openapiFormat, 'shop.yaml', {
    config: openWorkspace({ cwd: folder, env: {} }).config,
    cwd: folder,
    service: undefined,
    version: undefined,
    seed: '',
    allowRemoteRefs: false,
    ...more,
  })

const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))

describe('mocks of a contract keep it and are in force', () => {
  it.each([
    ['3.0', petShop, 12],
    ['3.1', billing, 1],
    ['3.2', search, 2],
  ])('%s', async (_, spec, mocks) => {
    const { folder } = made(spec)
    const result = await imported(folder)
    expect(result.added).toBe(mocks)
    const { config } = openWorkspace({ cwd: folder, env: {} })
    const library = await openLibrary(config)
    expect(library.check([]).problems).toEqual([])
    const { findings, checked, problems } = await verifySpec(config, { paths: [], allowRemoteRefs: false })
    expect(problems).toEqual([])
    expect(checked).toHaveLength(mocks)
    expect(shortly(findings).filter((one) => !one.startsWith('notVerifiable'))).toEqual([])
  })

  it('with conditions from the schema, and one for each example that fits its own', async () => {
    const { folder } = made(petShop)
    const result = await imported(folder)
    expect(result.left).toEqual([
      'POST /pets: the example of 201, example wrong does not fit its own schema',
      'GET /impossible: no value could be made that fits the schema of 200',
    ])
    const files = filesIn(join(folder, result.folder))
    expect(result.folder).toBe('mocks/shop/1.7.0')
    const one = Object.keys(files).find((name) => /^get\.pets\.\{petid\}-/.test(name))
    expect(files[one!]).toContain("petId:\n          $matches: '-?\\d+'")
    const post = files['post.pets.yaml']!
    expect(post).toContain('path: /api/v1/pets\n')
    expect(post).toContain("name: 'addPet: dog'")
    expect(post).toContain('$contains: example=dog')
  })

  it('and the same text comes out each time, another for another seed', async () => {
    const { folder } = made(petShop)
    const { folder: into } = await imported(folder)
    const first = filesIn(join(folder, into))
    expect(await imported(folder)).toMatchObject({
      added: 0,
      updated: 0,
      removed: 0,
      unchanged: 12,
      kept: [],
    })
    expect(filesIn(join(folder, into))).toEqual(first)
    expect((await imported(folder, { seed: 'b' })).updated).toBeGreaterThan(0)
    expect(filesIn(join(folder, into))).not.toEqual(first)
  })
})

describe('importing again', () => {
  it('leaves edited and deleted mocks, changes the others, adds what is new', async () => {
    const { folder, write } = made(petShop)
    const { folder: into } = await imported(folder)
    const path = join(folder, into, 'post.pets.yaml')
    const text = readFileSync(path, 'utf8')
    const withoutDog = text.slice(0, text.indexOf("  - name: 'addPet: dog'"))
    const edited = withoutDog
      .replace('lives: 9', 'lives: 3 # fewer')
      .replace('service: shop', '# ours\nservice: shop')
    expect(edited).not.toBe(withoutDog)
    writeFileSync(path, edited)
    write(
      'shop.yaml',
      petShop
        .replace(
          'dog: { $ref',
          'fish: { value: { id: 9, kind: cat, name: Nemo, lives: 1 } }\n                dog: { $ref',
        )
        .replace('operationId: removePet', 'operationId: sellPet')
        .replace(/ {2}\/text:[\s\S]*? {2}\/impossible/, '  /impossible'),
    )
    const again = await imported(folder)
    const name = again.kept[0]!.split(':')[0]
    expect(name).toBe('post.pets.yaml')
    expect(again.kept).toContain('post.pets.yaml: addPet: dog')
    expect(again).toMatchObject({ added: 2, removed: 2 })
    const after = readFileSync(path, 'utf8')
    expect(after).toContain('lives: 3 # fewer')
    expect(after).toContain('# ours')
    expect(after).toContain('addPet: fish')
    expect(after).not.toContain('addPet: dog')
    expect(readdirSync(join(folder, into))).not.toContain('get.text.yaml')
    const third = await imported(folder)
    expect(third).toMatchObject({ added: 0, updated: 0, removed: 0 })
    expect(readFileSync(path, 'utf8')).toBe(after)
  })

  it('does not touch a file that it did not make, nor one it cannot read any more', async () => {
    const { folder, write } = made(search)
    const { folder: into } = await imported(folder)
    write(join(into, 'purge.items.yaml'), 'mocks: []\n')
    const query = join(folder, into, 'query.items.yaml')
    const broken = readFileSync(query, 'utf8').replace('mocks:', 'mocks: [')
    writeFileSync(query, broken)
    expect(await imported(folder)).toMatchObject({ added: 0, kept: ['query.items.yaml', 'purge.items.yaml'] })
    expect(readFileSync(query, 'utf8')).toBe(broken)
  })
})

it('a contract that cannot be read is refused with its place', async () => {
  const { folder } = made('swagger: "2.0"\n')
  await expect(imported(folder)).rejects.toMatchObject({
    code: 'CONTRACT_INVALID',
    context: { details: { problems: [{ at: { file: 'shop.yaml', line: 1 } }] } },
  })
})

it('mistakes in a contract cost only what depends on them', async () => {
  const { folder } = made(
    petShop.replace("$ref: '#/components/schemas/Status'", "$ref: 'https://example.com/x.yaml'"),
  )
  const { problems, added } = await imported(folder)
  expect(problems).toMatchObject([{ message: expect.stringContaining('remote references are refused') }])
  expect(added).toBe(12)
})

it('texts that are made for a pattern match it', () => {
  const piece = fc.constantFrom(
    'a',
    '\\d',
    '[a-f0-9]',
    '[^x]',
    '(?:ab|c)',
    '\\w',
    '.',
    '\\.',
    '[A-Z_-]',
    '(?<n>z)',
  )
  const times = fc.constantFrom('', '+', '*', '?', '{2}', '{1,3}', '{2,}', '+?')
  const pattern = fc.array(
    fc.tuple(piece, times).map(([one, n]) => one + n.replace('(?<n>z)', '')),
    { minLength: 1, maxLength: 6 },
  )
  fc.assert(
    fc.property(pattern, fc.integer(), (parts, seed) => {
      // A name stands once in an expression.
      const source = `^${parts.join('').replaceAll('(?<n>', '(')}$`
      const text = textLike(source, chanceFrom([seed, 1, 2, 3]))
      expect(text).toMatch(new RegExp(source))
    }),
  )
})
