/** Every kind of value in every carrier and every form: nothing of it is left, in no encoding. */
import { describe, expect, it } from 'vitest'
import { Chance, fieldNames, formsOf, type Kind, kinds, newValue, telling } from '../../bench/lib/people.ts'
import { namedCarriers, namelessCarriers, outputOf, tracesOf, unpackedText } from '../../bench/lib/plant.ts'
import { desensitize } from '../../src/desensitize/desensitize.ts'
import type { Exchange } from '../../src/desensitize/exchange.ts'
import { testSession } from './tools.ts'

const leaksOf = (exchange: Exchange, surface: string, value: string): string[] => {
  const outcome = desensitize(exchange, testSession())
  if (outcome.kind === 'quarantine') return [`quarantined: ${JSON.stringify(outcome.reasons)}`]
  const text = outputOf(outcome.exchange)
  const all = text + unpackedText(text)
  const traces = new Map([...tracesOf(value), ...tracesOf(surface)])
  return [...traces]
    .filter(([, trace]) => all.includes(trace))
    .map(([form, trace]) => `${form} ${trace} in ${all}`)
}

describe.each(Object.entries(namedCarriers))('under its name in %s', (_carrier, plant) => {
  it.each(kinds)('%s', (kind: Kind) => {
    const chance = new Chance(7 + kinds.indexOf(kind))
    const leaks = fieldNames[kind].flatMap((name) => {
      const value = newValue(kind, chance)
      return formsOf(kind, value).flatMap((form) => leaksOf(plant(name, form), form, value))
    })
    expect(leaks).toEqual([])
  })
})

describe.each(Object.entries(namelessCarriers))('without a name in %s', (carrier, plant) => {
  it.each(kinds.filter((kind) => telling.has(kind)))('%s', (kind: Kind) => {
    const chance = new Chance(99 + kinds.indexOf(kind))
    const value = newValue(kind, chance)
    // A cookie or file name holds no blanks.
    const forms = formsOf(kind, value).filter((form) => !(carrier === 'filename' && /[\s:]/.test(form)))
    expect(forms.flatMap((form) => leaksOf(plant(form), form, value))).toEqual([])
  })
})
