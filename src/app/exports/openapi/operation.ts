/** All mocks of one method and path as one operation. */
import type { AnswerUse, BodyUse, ParameterUse } from './parts.ts'
import { anyValue, type Schema, schemaOf } from './schema.ts'

export interface DescribedMock {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly parameters: readonly ParameterUse[]
  /** undefined: it asks nothing of the body. */
  readonly body: BodyUse | undefined
  readonly answers: readonly AnswerUse[]
  readonly notes: readonly string[]
}

type Fields = Record<string, unknown>

/** `path`: as the description spells it. */
export const operationOf = (path: string, mocks: readonly DescribedMock[]): Fields => {
  const parameters = parametersOf(path, mocks)
  const body = bodyOf(mocks)
  return {
    summary: mocks[0]!.name,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: body }),
    responses: responsesOf(mocks),
  }
}

const namesIn = (path: string): readonly string[] =>
  [...path.matchAll(/\{([^{}]*)\}/g)].map((found) => found[1]!)

const parametersOf = (path: string, mocks: readonly DescribedMock[]): readonly Fields[] => {
  const spelled = namesIn(path)
  // By place: other mocks may call the same parameter otherwise.
  const all = mocks.map((mock) => {
    const names = namesIn(mock.path)
    return mock.parameters.map((one) =>
      one.in === 'path' ? { ...one, name: spelled[names.indexOf(one.name)] ?? one.name } : one,
    )
  })
  const keys = [
    ...new Set(all.flat().map((one) => JSON.stringify([places.indexOf(one.in), one.name]))),
  ].sort()
  return keys.map((key) => {
    const [place, name] = JSON.parse(key) as [number, string]
    const uses = all.map((one) => one.find((each) => each.in === places[place] && each.name === name))
    const known = uses.filter((one) => one !== undefined)
    const values = known.flatMap(({ value }) => (value === undefined ? [] : [value]))
    const required = place === 0 || (known.length === uses.length && known.every(({ optional }) => !optional))
    return {
      name,
      in: places[place]!,
      ...(required && { required }),
      schema: textSchema(known, values),
      ...(values[0] !== undefined && { example: exampleOf(values[0], known, values) }),
    }
  })
}

const places = ['path', 'query', 'header', 'cookie'] as const

const isInteger = (text: string): boolean => /^(?:0|-?[1-9]\d{0,14})$/.test(text)

/** Where each use names a value, the type that all have. */
const textSchema = (uses: readonly ParameterUse[], values: readonly string[]): Schema => {
  if (uses.some(({ many }) => many)) return texts
  if (values.length === uses.length && values.every(isInteger)) return { type: 'integer' }
  const [first, ...others] = uses
  if (
    first?.pattern !== undefined &&
    others.every(({ pattern }) => pattern === first.pattern) &&
    isPortable(first.pattern)
  )
    return { type: 'string', pattern: `^(?:${first.pattern})$` }
  return { type: 'string' }
}

/** What readers of JSON Schema other than ours understand. */
const isPortable = (pattern: string): boolean => {
  if (/\(\?/.test(pattern)) return false
  try {
    return new RegExp(pattern, 'u').source !== ''
  } catch {
    return false
  }
}

const exampleOf = (value: string, uses: readonly ParameterUse[], values: readonly string[]): unknown =>
  textSchema(uses, values)['type'] === 'integer'
    ? Number(value)
    : textSchema(uses, values) === texts
      ? [value]
      : value

const bodyOf = (mocks: readonly DescribedMock[]): Fields | undefined => {
  const bodies = mocks.flatMap(({ body }) => (body === undefined ? [] : [body]))
  if (bodies.length === 0) return undefined
  const types = [...new Set(bodies.map(({ type }) => type))].sort()
  return {
    content: Object.fromEntries(
      types.map((type) => {
        const values = bodies.filter((one) => one.type === type).map(({ value }) => value)
        return [type, { schema: schemaOf(values, false) }]
      }),
    ),
  }
}

const responsesOf = (mocks: readonly DescribedMock[]): Fields => {
  const answers = mocks.flatMap(({ name, answers: all }) => all.map((answer) => ({ ...answer, name })))
  const statuses = [...new Set(answers.map(({ status }) => status))].sort()
  const unknown = mocks.some(({ answers: all }) => all.length === 0)
  return {
    ...Object.fromEntries(
      statuses.map((status) => [status, responseOf(answers.filter((one) => one.status === status))]),
    ),
    ...(unknown && !statuses.includes('default') && { default: { description: 'not known from the mocks' } }),
  }
}

const responseOf = (answers: readonly (AnswerUse & { readonly name: string })[]): Fields => {
  const typed = answers.filter((one): one is typeof one & { type: string } => one.type !== undefined)
  const types = [...new Set(typed.map(({ type }) => type))].sort()
  const sent = answers.flatMap((one) => one.headers)
  const headers = [...new Set(sent.map(({ name }) => name))].sort()
  return {
    description: [...new Set(answers.map(({ name }) => name))].join('; '),
    ...(headers.length > 0 && {
      headers: Object.fromEntries(
        headers.map((name) => [
          name,
          { schema: sent.some((one) => one.name === name && one.many) ? texts : { type: 'string' } },
        ]),
      ),
    }),
    ...(types.length > 0 && {
      content: Object.fromEntries(
        types.map((type) => [type, contentOf(typed.filter((one) => one.type === type))]),
      ),
    }),
  }
}

const texts: Schema = { type: 'array', items: { type: 'string' } }

const examplesAtMost = 20

const contentOf = (answers: readonly (AnswerUse & { readonly name: string })[]): Fields => {
  const values = answers.map(({ body }) => body)
  const shown = answers.filter(({ body }) => !holdsAny(body)).slice(0, examplesAtMost)
  return {
    schema: schemaOf(values, true),
    ...(shown.length > 0 && {
      examples: Object.fromEntries(
        shown.map(({ name, body }, i) => [keyOf(name, i, shown), { value: body }]),
      ),
    }),
  }
}

/** Several answers of one mock have one name. */
const keyOf = (name: string, i: number, all: readonly { readonly name: string }[]): string => {
  const before = all.slice(0, i).filter((one) => one.name === name).length
  return before === 0 ? name : `${name} (${before + 1})`
}

const holdsAny = (value: unknown): boolean => {
  if (value === anyValue) return true
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsAny)
}
