/** Patching the text equals patching the value, and every byte that the patch does not name stays. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonPatch } from '../../src/patch/json-patch.ts'
import { mergePatch } from '../../src/patch/merge-patch.ts'
import { type JsonNode, splice } from '../../src/patch/splice.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Members = Record<string, Json>

const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c', 'd') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) },
)
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, true, 0, 1, -2.5, 1e21, '', 'x', '"', '\\', '}{][,', 'é', '\ud800'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5 }),
  ),
}))

/** The pseudo code of RFC 7396, section 2. */
const merge = (target: Json | undefined, patch: Json): Json => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Members = Object.create(null)
  if (isObject(target)) for (const [name, child] of Object.entries(target)) result[name] = child
  for (const [name, child] of Object.entries(patch)) {
    if (child === null) delete result[name]
    else result[name] = merge(result[name], child)
  }
  return result
}

const isObject = (value: Json | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** JSON text with white space wherever it is allowed, and numbers and texts in spellings of their own. */
const spelled = (value: Json, salt: number): string => {
  let seed = salt
  const pick = (texts: readonly string[]): string => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return texts[seed % texts.length]!
  }
  const space = (): string => pick(['', '', ' ', '\n\t', '  '])
  const write = (part: Json): string => {
    if (Array.isArray(part))
      return `[${part.map((one) => space() + write(one) + space()).join(',') || space()}]`
    if (isObject(part)) {
      const members = Object.entries(part).map(
        ([name, child]) => `${space()}${write(name)}${space()}:${space()}${write(child)}${space()}`,
      )
      return `{${members.join(',') || space()}}`
    }
    if (typeof part === 'string') return pick([JSON.stringify(part), escaped(part)])
    if (typeof part === 'number') return pick([JSON.stringify(part), part.toExponential()])
    return JSON.stringify(part)
  }
  return space() + write(value) + space()
}

const escaped = (text: string): string =>
  `"${[...Array(text.length).keys()].map((i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`

const salt = fc.nat(1_000_000)
const plain = (text: string): unknown => JSON.parse(text)

describe('a merge patch on text', () => {
  it('gives what the RFC gives on values', () => {
    fc.assert(
      fc.property(value, value, salt, (target, patch, n) => {
        const expected = JSON.parse(JSON.stringify(merge(target, patch))) as unknown
        expect(plain(mergePatch(patch).apply(spelled(target, n)))).toEqual(expected)
      }),
      { numRuns: 1000 },
    )
  })

  it('leaves every value that it does not name as it is written', () => {
    fc.assert(
      fc.property(
        fc.dictionary(key, value, { maxKeys: 6 }),
        fc.dictionary(key, value, { maxKeys: 3 }),
        salt,
        (target, patch, n) => {
          const text = spelled(target, n)
          const result = mergePatch(patch).apply(text)
          const written = (source: string, name: string): string | undefined => {
            let found: string | undefined
            splice(source, (root) => {
              found = root.member(name)?.text()
              return root
            })
            return found
          }
          for (const name of Object.keys(target)) {
            if (!Object.hasOwn(patch, name)) expect(written(result, name)).toBe(written(text, name))
          }
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('that says nothing changes no byte', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value), salt, (target, n) => {
        expect(mergePatch({}).apply(spelled(target, n))).toBe(spelled(target, n))
      }),
    )
  })
})

describe('a JSON Patch on text', () => {
  /** Paths to every value below the root. */
  const pathsOf = (part: Json, path: string): string[] =>
    typeof part !== 'object' || part === null
      ? []
      : Object.entries(part).flatMap(([name, child]) => {
          const below = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
          return [below, ...pathsOf(child as Json, below)]
        })

  it('removes what it added, and every byte is back', () => {
    fc.assert(
      fc.property(value, fc.nat(), value, salt, (target, which, added, n) => {
        const text = spelled(target, n)
        const lists = ['', ...pathsOf(target, '')].filter((path) => {
          let list = false
          splice(text, (root) => {
            let node: JsonNode | undefined = root
            for (const step of path.split('/').slice(1)) {
              const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
              node = node?.kind === 'list' ? node.item(Number(name)) : node?.member(name)
            }
            list = node?.kind === 'list' && node.length > 0
            return root
          })
          return list
        })
        if (lists.length === 0) return
        const path = lists[which % lists.length]!
        const there = jsonPatch([{ op: 'add', path: `${path}/-`, value: added }]).apply(text)
        const back = jsonPatch([
          { op: 'add', path: `${path}/1`, value: added },
          { op: 'remove', path: `${path}/1` },
        ])
        expect(plain(back.apply(text))).toEqual(plain(text))
        expect(plain(there)).not.toEqual(plain(text))
      }),
    )
  })

  it('replaces one value, and the bytes around it stay', () => {
    fc.assert(
      fc.property(value, fc.nat(), salt, (target, which, n) => {
        const paths = pathsOf(target, '')
        if (paths.length === 0) return
        const text = spelled(target, n)
        const path = paths[which % paths.length]!
        const marked = jsonPatch([{ op: 'replace', path, value: 'MARK-1' }]).apply(text)
        const [before, after, ...more] = marked.split('"MARK-1"')
        expect(more).toEqual([])
        expect(text.startsWith(before!)).toBe(true)
        expect(text.endsWith(after!)).toBe(true)
        expect(before!.length + after!.length).toBeLessThan(text.length)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('opening a document', () => {
  it('and writing it changes no byte', () => {
    const openAll = (node: JsonNode): void => {
      if (node.kind === 'scalar') return
      for (let i = 0; i < node.length; i++) openAll(node.item(i)!)
    }
    fc.assert(
      fc.property(value, salt, (target, n) => {
        const text = spelled(target, n)
        expect(
          splice(text, (root) => {
            openAll(root)
            return root
          }),
        ).toBe(text)
      }),
    )
  })
})
