/** A value that was recognised once is found again in whatever it stands, also where nothing says what it is. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Chance, fieldNames, kinds, newValue } from '../../bench/lib/people.ts'
import { outputOf, tracesOf, unpackedText } from '../../bench/lib/plant.ts'
import { desensitize } from '../../src/desensitize/desensitize.ts'
import { exchange, testSession } from './tools.ts'

const bytes = (value: string, before: readonly number[], after: readonly number[]): Buffer =>
  Buffer.concat([Buffer.from(before), Buffer.from(value), Buffer.from(after)])
const digest = (name: string) => (value: string) => createHash(name).update(value).digest('hex')

const forms: Readonly<Record<string, (value: string) => string>> = {
  'in a sentence': (value) => `see ${value}, ok`,
  'inside a word': (value) => `ab${value}cd`,
  'percent-encoded': (value) => bytes(value, [], []).toString('hex').replace(/../g, '%$&'),
  'in base64': (value) => bytes(value, [], []).toString('base64'),
  'in base64, moved by one': (value) => bytes(value, [120], [121]).toString('base64'),
  'in base64, moved by two': (value) => bytes(value, [120, 121], []).toString('base64'),
  'in base64 of bytes': (value) => bytes(value, [0, 255, 200, 7], [1, 250]).toString('base64url'),
  'in base64 with words around it': (value) => `pre_${bytes(value, [], []).toString('base64')}_post`,
  'in hexadecimal': (value) => bytes(value, [113], []).toString('hex').toUpperCase(),
  'as MD5': digest('md5'),
  'as SHA-1': (value) => digest('sha1')(value).toUpperCase(),
  'as SHA-256': digest('sha256'),
}

describe.each(Object.entries(forms))('%s', (_name, form) => {
  it.each(kinds)('%s', (kind) => {
    const chance = new Chance(31 + kinds.indexOf(kind))
    const value = newValue(kind, chance)
    // Shorter ones are looked for as whole fields only.
    if (value.length < 5) return
    const session = testSession({ unknown: 'keep' })
    const json = (body: unknown) =>
      exchange({}, { contentType: 'application/json', body: JSON.stringify(body) })
    desensitize(json({ [fieldNames[kind][0]!]: value }), session)
    const outcome = desensitize(json({ zq: form(value) }), session)
    // What cannot be rewritten in place is not written at all.
    if (outcome.kind === 'quarantine') return
    const text = outputOf(outcome.exchange)
    const all = text + unpackedText(text)
    expect(tracesOf(value).filter(([, trace]) => all.includes(trace))).toEqual([])
  })
})
