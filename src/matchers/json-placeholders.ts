/** JsonUnit's placeholders, which WireMock's users know: `${json-unit.any-string}` and its like, also with `#`. */
import { type JsonCondition, type MatcherTools, SpecError } from '../core/matcher.ts'
import { shown } from '../core/secrets.ts'

type Make = (argument: string, tools: MatcherTools) => (value: unknown) => boolean

const placeholders: Readonly<Record<string, Make>> = {
  'any-string': () => (value) => typeof value === 'string',
  'any-number': () => (value) => typeof value === 'number' || typeof value === 'bigint',
  'any-boolean': () => (value) => typeof value === 'boolean',
  ignore: () => (value) => value !== undefined,
  /** May also be missing. */
  'ignore-element': () => () => true,
  regex: (source, tools) => {
    const test = tools.regex(source)
    return (value) => typeof value === 'string' && test(value)
  },
}

/** The condition that a text stands for, if it is a placeholder. */
export const placeholderOf = (spec: unknown, tools: MatcherTools): JsonCondition | undefined => {
  const match = typeof spec === 'string' ? /^[#$]\{json-unit\.([\w-]+)\}([\s\S]*)$/.exec(spec) : null
  if (match === null) return undefined
  const [, name = '', argument = ''] = match
  if (!Object.hasOwn(placeholders, name))
    throw new SpecError(
      `unknown placeholder ${spec}`,
      [],
      `known are ${Object.keys(placeholders).join(', ')}`,
    )
  const test = placeholders[name]!(argument, tools)
  const expected = name === 'regex' ? `matches /${argument}/` : name.replace('-', ' ')
  return {
    clauses: 1,
    equalities: [],
    test,
    mismatch: (value) => ({ path: '', expected, actual: shown(value) }),
    describe: () => expected,
  }
}
