/** `date`, `time` and `datetime` (`timestamp` in V2 and V3), with a format of Java's pattern letters. */
import { shown, textOf } from '../json-value.ts'
import { datePattern } from './date-pattern.ts'
import { RuleError, type RuleKind, type Sample } from './rule.ts'

const dateRule = (
  name: string,
  aliases: readonly string[],
  otherwise: string,
  samples: { readonly match: readonly Sample[]; readonly noMatch: readonly Sample[] },
): RuleKind => ({
  name,
  aliases,
  since: 3,
  read: (spec) => {
    const given =
      spec['format'] ?? [name, ...aliases].map((key) => spec[key]).find((one) => one !== undefined)
    if (given !== undefined && typeof given !== 'string')
      throw new RuleError(`format of the rule ${name} must be a text, not ${shown(given)}`)
    const format = given === undefined || given === '' ? otherwise : given
    const fits = datePattern(format)
    return {
      check: ({ actual }) =>
        fits(textOf(actual)) ? undefined : `expected ${shown(actual)} to be a ${name} of the form ${format}`,
    }
  },
  samples,
})

const f = (format: string, actual: unknown): Sample => ({ rule: { format }, expected: 'x', actual })

export const date: RuleKind = dateRule('date', [], 'yyyy-MM-dd', {
  match: [
    { rule: {}, expected: 'x', actual: '2026-11-21' },
    f('dd/MM/yyyy', '21/11/2026'),
    f('d MMM yy', '1 Feb 26'),
    f('EEEE, MMMM d, yyyy', 'Saturday, November 21, 2026'),
    f("yyyy-'W'ww-e", '2026-W47-6'),
    f('yyyyDDD', '2026325'),
    f('QQQ yyyy', 'Q4 2026'),
    f('yyyy-MM-dd', '2024-02-29'),
  ],
  noMatch: [
    { rule: {}, expected: 'x', actual: '21.11.2026' },
    { rule: {}, expected: 'x', actual: '2026-11-21T10:00' },
    f('yyyy-MM-dd', '2026-13-01'),
    f('yyyy-MM-dd', '2023-02-29'),
    f('dd/MM/yyyy', '32/01/2026'),
    f('EEE', 'Foo'),
    f('yyyy', 12),
  ],
})

export const time: RuleKind = dateRule('time', [], 'HH:mm:ss', {
  match: [
    { rule: {}, expected: 'x', actual: '23:59:59' },
    f('HH:mm', '07:05'),
    f('h:mm a', '7:05 PM'),
    f('HH:mm:ss.SSSX', '07:05:01.250Z'),
    f('KK:mm', '11:05'),
    f('kk:mm', '24:00'),
  ],
  noMatch: [
    { rule: {}, expected: 'x', actual: '24:00:00' },
    { rule: {}, expected: 'x', actual: '7:05:01' },
    f('HH:mm', '07:60'),
    f('h:mm a', '13:05 PM'),
  ],
})

export const datetime: RuleKind = dateRule('datetime', ['timestamp'], "yyyy-MM-dd'T'HH:mm:ssXXX", {
  match: [
    { rule: {}, expected: 'x', actual: '2026-11-21T10:00:00+01:00' },
    { rule: {}, expected: 'x', actual: '2026-11-21T10:00:00Z' },
    { rule: { timestamp: 'yyyy-MM-dd HH:mm' }, expected: 'x', actual: '2026-11-21 10:00' },
    f("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", '2026-11-21T10:00:00.123Z'),
    f("yyyy-MM-dd'T'HH:mm:ssZ", '2026-11-21T10:00:00+0100'),
    f('EEE, d MMM yyyy HH:mm:ss Z', 'Sat, 21 Nov 2026 10:00:00 +0000'),
    f("yyyy-MM-dd'T'HH:mm[:ss]", '2026-11-21T10:00'),
    f('yyyy-MM-dd HH:mm:ss z', '2026-11-21 10:00:00 GMT'),
    f("yyyy-MM-dd HH:mm''VV", "2026-11-21 10:00'Europe/Berlin"),
  ],
  noMatch: [
    { rule: {}, expected: 'x', actual: '2026-11-21' },
    { rule: {}, expected: 'x', actual: '2026-11-21T10:00:00' },
    f("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", '2026-11-21T10:00:00Z'),
    f("yyyy-MM-dd'T'HH:mm:ssXXX", '2026-11-21T10:00:00+0100'),
  ],
})
