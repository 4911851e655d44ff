/** What must hold for whatever is recorded: nothing real is left, once is enough, and JSON stays the JSON it was. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Chance, fieldNames, formsOf, kinds, newValue } from '../../bench/lib/people.ts'
import { outputOf, tracesOf, unpackedText } from '../../bench/lib/plant.ts'
import { applyEdits, whole } from '../../src/desensitize/edits.ts'
import { cleaned, everythingOf, exchange, maskedJson, testSession } from './tools.ts'

interface Planted {
  readonly json: string
  readonly values: readonly string[]
}

/** A document with values under their names, in texts, lists, strings of JSON, next to harmless fields. */
const documents = fc.integer({ min: 1, max: 2 ** 31 }).map((seed): Planted => {
  const chance = new Chance(seed)
  const values: string[] = []
  const planted = (): [string, unknown] => {
    const kind = chance.pick(kinds)
    const value = newValue(kind, chance)
    const form = chance.pick(formsOf(kind, value))
    values.push(value)
    return [chance.pick(fieldNames[kind]), form]
  }
  const node = (depth: number): unknown => {
    const entries: [string, unknown][] = [planted(), ['status', 'PAID'], ['amount', chance.below(1e6) / 100]]
    if (depth > 0) entries.push(['items', [node(depth - 1), { sku: `SKU-${chance.below(99)}` }]])
    if (depth > 0) entries.push(['payload', JSON.stringify(node(depth - 1))])
    if (depth > 0) entries.push(['packed', Buffer.from(JSON.stringify(node(depth - 1))).toString('base64')])
    const [, seen] = entries[0]!
    if (chance.below(2) === 0) entries.push(['remark', `客户说 ${String(seen)}，请核实`])
    return Object.fromEntries(entries)
  }
  return { json: JSON.stringify(node(2), null, chance.pick([0, 1, 2])), values }
})

const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]))
}

const runs = { numRuns: 150, seed: 20_261_121 }

describe('a masked exchange', () => {
  it('holds no real value, in no encoding and as no digest', () => {
    fc.assert(
      fc.property(documents, ({ json, values }) => {
        const out = outputOf(
          cleaned(
            exchange(
              { contentType: 'application/json', body: json },
              { contentType: 'application/json', body: json },
            ),
          ),
        )
        const all = out + unpackedText(out)
        for (const value of values)
          for (const [form, trace] of tracesOf(value))
            if (all.includes(trace)) throw new Error(`${form} of ${value}: ${trace} in ${all}`)
      }),
      runs,
    )
  })

  it('is left as it is when it is masked again', () => {
    fc.assert(
      fc.property(documents, ({ json }) => {
        const session = testSession()
        const once = cleaned(exchange({}, { contentType: 'application/json', body: json }), session)
        expect(everythingOf(cleaned(once, testSession({}, session.ledger)))).toBe(everythingOf(once))
      }),
      runs,
    )
  })

  it('is JSON of the same shape', () => {
    fc.assert(
      fc.property(documents, ({ json }) => {
        expect(shapeOf(JSON.parse(maskedJson(json)))).toEqual(shapeOf(JSON.parse(json)))
      }),
      runs,
    )
  })

  it('has the same bytes where nothing is masked', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: true, maxDepth: 4 }), (json) => {
        const session = testSession({ unknown: 'keep' })
        const outer = `{ "a" :${json} , "b":1.0e2,"c":12345678901234567890.50, "phone": "13812345678", "d":"\\u00e9\\/" }`
        const masked = maskedJson(outer, session)
        const fake = /"phone": "(\d{11})"/.exec(masked)![1]!
        expect(masked.replaceAll(fake, '13812345678')).toBe(outer)
      }),
      { numRuns: 200, seed: 7 },
    )
  })
})

it('applies edits in any order', () => {
  const edit = (start: number, end: number, text: string) => ({ start, end, text: () => text })
  expect(applyEdits('abcdef', [edit(4, 5, 'X'), edit(0, 2, '')])).toBe('cdXf')
  expect(whole('body').path()).toBe('body')
})
