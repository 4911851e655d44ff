/** What each generator of the specification makes, for the provider's side. */
import type { Chance } from '../../../../core/chance.ts'
import { textLike } from '../../../../core/text-like.ts'
import { ExactNumber, type Fields, isNumber, shown, textOf } from '../json-value.ts'
import { toJavaScript } from '../rules/regex-tools.ts'
import type { RuleTools } from '../rules/rule.ts'
import { formatMoment } from './format-moment.ts'
import { ExpressionError, type MomentKind, momentOf, moved } from './moment.ts'

export interface GeneratorTools {
  readonly chance: Chance
  readonly now: () => Date
  readonly ruleTools: RuleTools
}

/** Why there is no value; the example stays in force. */
export class NoValue extends Error {}

/**
 * `example`: what stands there, whose type counts for numbers; `state`: what setting the provider state up gave, and its parameters.
 * undefined: it is none for a provider. Throws NoValue.
 */
export const generated = (
  generator: Fields,
  example: unknown,
  state: Fields,
  tools: GeneratorTools,
): { readonly value: unknown } | undefined => {
  const { type } = generator
  const { chance } = tools
  const count = (key: string, otherwise: number): number =>
    Math.min(numberAt(generator, key, otherwise), 10_000)
  const drawn = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet[Math.floor(chance.random() * alphabet.length)]).join('')
  switch (type) {
    case 'RandomInt': {
      const [min, max] = [numberAt(generator, 'min', 0), numberAt(generator, 'max', 10)]
      const value = min + Math.floor(chance.random() * (Math.max(max, min) - min + 1))
      return { value: typeof example === 'string' ? String(value) : value }
    }
    case 'RandomDecimal': {
      const text = decimal(count('digits', 10), (alphabet, length) => drawn(alphabet, length))
      return { value: isNumber(example) ? new ExactNumber(text) : text }
    }
    case 'RandomHexadecimal':
      return { value: drawn('0123456789ABCDEF', count('digits', 10)) }
    case 'RandomString':
      return {
        value: drawn('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', count('size', 10)),
      }
    case 'RandomBoolean':
      return { value: chance.random() < 0.5 }
    case 'Uuid':
      return { value: uuid(chance.uuid(), generator['format']) }
    case 'Regex':
      return { value: likeRegex(String(generator['regex'] ?? ''), tools) }
    case 'Date':
    case 'Time':
    case 'DateTime':
      return { value: moment(type, generator, tools) }
    case 'ProviderState':
      return { value: fromState(generator, state) }
    // Meant for the consumer's tests.
    case 'MockServerURL':
      return undefined
    default:
      throw new NoValue(`the generator ${shown(type ?? null)} is not known`)
  }
}

const numberAt = (generator: Fields, key: string, otherwise: number): number => {
  const value = Number(textOf(generator[key] ?? otherwise))
  return Number.isInteger(value) ? value : otherwise
}

/** As many digits, with a point among them, and no needless zero before it. */
const decimal = (digits: number, drawn: (alphabet: string, length: number) => string): string => {
  if (digits < 2) return drawn('123456789', 1)
  const before = 1 + Math.floor((digits - 2) / 2)
  const first =
    before === 1 ? drawn('0123456789', 1) : drawn('123456789', 1) + drawn('0123456789', before - 1)
  // It ends with a digit that counts, or JSON would not keep it.
  const after = digits - before
  return `${first}.${drawn('0123456789', after - 1)}${drawn('123456789', 1)}`
}

const uuid = (plain: string, format: unknown): string => {
  if (format === 'simple') return plain.replaceAll('-', '')
  if (format === 'upper-case-hyphenated') return plain.toUpperCase()
  return format === 'URN' ? `urn:uuid:${plain}` : plain
}

const likeRegex = (source: string, { chance, ruleTools }: GeneratorTools): string => {
  const pattern = toJavaScript(source)
  const matches = ruleTools.matches(source)
  for (let attempt = 0; attempt < 20; attempt++) {
    const text = textLike(pattern, chance)
    if (text === undefined) break
    if (matches(text)) return text
  }
  throw new NoValue(`no text like /${source}/ could be made`)
}

const moment = (kind: MomentKind, generator: Fields, { now }: GeneratorTools): string => {
  const { format, expression } = generator
  try {
    const when = moved(momentOf(now()), kind, typeof expression === 'string' ? expression : '')
    return formatMoment(when, kind, typeof format === 'string' ? format : undefined)
  } catch (error) {
    if (error instanceof ExpressionError) throw new NoValue(error.message)
    throw error
  }
}

/** `${id}`, a text with such places in it, or the bare name. One place alone keeps the value's type. */
const fromState = ({ expression, dataType }: Fields, state: Fields): unknown => {
  const text = String(expression ?? '')
  const stateValue = (name: string): unknown => {
    if (Object.hasOwn(state, name)) return state[name]
    throw new NoValue(`the provider state gave no value for ${JSON.stringify(name)}`)
  }
  const only = /^\$\{([^}]*)\}$/.exec(text)
  const value =
    only !== null
      ? stateValue(only[1]!)
      : text.includes('${')
        ? text.replace(/\$\{([^}]*)\}/g, (_whole, name: string) => textOf(stateValue(name)))
        : stateValue(text)
  return typed(value, dataType)
}

const typed = (value: unknown, dataType: unknown): unknown => {
  const text = textOf(value)
  const wrong = (kind: string): NoValue => new NoValue(`${shown(value)} of the provider state is no ${kind}`)
  switch (String(dataType ?? 'RAW').toUpperCase()) {
    case 'STRING':
      return text
    case 'INTEGER':
      if (/^-?\d+$/.test(text)) return new ExactNumber(text)
      if (isNumber(value)) return Math.trunc(Number(text))
      throw wrong('integer')
    case 'DECIMAL':
    case 'FLOAT':
      if (text.trim() === '' || Number.isNaN(Number(text))) throw wrong('number')
      return new ExactNumber(/^-?\d+$/.test(text) ? `${text}.0` : text)
    case 'BOOLEAN':
      if (text === 'true' || text === 'false') return text === 'true'
      if (isNumber(value)) return Number(text) > 0
      throw wrong('boolean')
    default:
      return value
  }
}
