/** What an operation wants of a call, made up from its schemas: for calls of which nobody says more. */
import type { Chance } from '../../../core/chance.ts'
import { child, children, type SpecNode } from './document.ts'
import { type Description, isJsonType, type Media, type Operation, type Parameter } from './operations.ts'
import { sampleOf } from './sample.ts'

export interface SampleRequest {
  /** All values by name, as texts; several for a list. */
  readonly params: TextSamples
  readonly query: TextSamples
  /** Names in lower case; without credentials, and without what says how the content looks. */
  readonly headers: TextSamples
  readonly cookies: TextSamples
  /** Names of those that each call must have. */
  readonly required: ReadonlySet<string>
  readonly body: SampleBody | undefined
}

type TextSamples = Readonly<Record<string, string | readonly string[]>>

export interface SampleBody {
  readonly required: boolean
  /** `application/json`. */
  readonly type: string
  readonly value: unknown
}

const sections = { path: 'params', query: 'query', header: 'headers', cookie: 'cookies' } as const
const otherwise: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization'])

/** `required` has `query.page`. */
export const sampleRequest = (
  operation: Operation,
  description: Description,
  chance: Chance,
): SampleRequest => {
  const texts = { params: {}, query: {}, headers: {}, cookies: {} } as Record<
    'params' | 'query' | 'headers' | 'cookies',
    Record<string, string | readonly string[]>
  >
  const required = new Set<string>()
  for (const parameter of operation.parameters) {
    const { in: place, name } = parameter
    if (place === 'header' && (otherwise.has(name) || description.credentials.header.has(name))) continue
    if (place === 'query' && description.credentials.query.has(name)) continue
    const text = textOf(parameter, description, chance)
    if (text === undefined) continue
    const section = sections[place]
    texts[section][name] = text
    if (parameter.required) required.add(`${section}.${name}`)
  }
  return { ...texts, required, body: bodyOf(operation, description, chance) }
}

const textOf = (
  { node, schema, style, explode }: Parameter,
  description: Description,
  chance: Chance,
): string | readonly string[] | undefined => {
  const given = exampleOf(node, description)
  const made =
    given ??
    (schema === undefined ? undefined : sampleOf(schema, { description, direction: 'request', chance }))
  if (made === undefined) return undefined
  const { value } = made
  if (Array.isArray(value)) {
    const list = value.map(String)
    return style === 'form' && explode ? list : list.join(separators[style] ?? ',')
  }
  return typeof value === 'object' && value !== null ? undefined : String(value)
}

const separators: Readonly<Record<string, string>> = { spaceDelimited: ' ', pipeDelimited: '|' }

const bodyOf = (
  { requestBody }: Operation,
  description: Description,
  chance: Chance,
): SampleBody | undefined => {
  if (requestBody === undefined) return undefined
  const { content, required } = requestBody
  const media = content.find(({ type }) => isJsonType(type)) ?? content[0]
  if (media === undefined) return undefined
  const made = mediaSample(media, description, chance)
  return made && { required, type: media.type.replace('*/*', 'application/json'), value: made.value }
}

const mediaSample = ({ node, schema }: Media, description: Description, chance: Chance) => {
  const given = exampleOf(node, description)
  if (
    given !== undefined &&
    (schema === undefined || description.schemas.fits(schema, given.value, 'request'))
  )
    return given
  return schema === undefined ? undefined : sampleOf(schema, { description, direction: 'request', chance })
}

/** `example`, or the first of `examples`. */
const exampleOf = (node: SpecNode, { files }: Description): { readonly value: unknown } | undefined => {
  const single = child(node, 'example')
  if (single !== undefined) return single
  const [first] = children(child(node, 'examples'))
  const example = first === undefined ? undefined : files.resolve(first[1])
  return example === undefined ? undefined : child(example, 'value')
}
