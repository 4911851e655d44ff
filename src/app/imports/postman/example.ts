/** One saved example of a request. */
import type { JsonNode } from '../source/json-node.ts'
import { type ReplyBody, responseOf } from '../source/reply.ts'
import type { Thing } from '../source/things.ts'
import { type PostmanUrl, urlOf, type Variables } from './url.ts'
import { answerText } from './variables.ts'

export interface Example {
  readonly node: JsonNode
  readonly title: string
  /** What `x-mock-response-name` calls it. */
  readonly name: string
  readonly method: string
  readonly url: PostmanUrl
  readonly code: number
  readonly response: Record<string, unknown>
}

export const readExample = (
  example: JsonNode,
  item: JsonNode,
  {
    variables,
    thing,
    title,
  }: { readonly variables: Variables; readonly thing: Thing; readonly title: string },
): Example => {
  example.skip(
    'id',
    'uid',
    '_postman_id',
    'responseTime',
    'timings',
    'status',
    'cookie',
    'createdAt',
    'updatedAt',
  )
  const original = example.get('originalRequest')
  const request = original.missing ? item.get('request') : original
  item.get('request').skip()
  const isText = request.isText
  const method = isText ? 'GET' : (request.get('method').text() ?? 'GET').toUpperCase()
  const url = urlOf(isText ? request : request.get('url'), variables)
  original.skip()
  const code = example.get('code').number() ?? 200
  const unknown = (node: JsonNode) => (name: string) =>
    thing.note(`{{${name}}} is no variable of the collection: it stays as it is`, node)
  const language = example.get('_postman_previewlanguage').text() ?? ''
  const headers = headersOf(example.get('header'), (text, node) => answerText(text, variables, unknown(node)))
  const coded = headers.some(([name]) => name.toLowerCase() === 'content-encoding')
  const body = example.get('body')
  const made: ReplyBody | undefined = body.isText
    ? bodyOf(body.text() ?? '', (text) => answerText(text, variables, unknown(body)))
    : undefined
  const type = typesOf[language.toLowerCase()]
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type')
  const kept = headers.filter(([name]) => !(coded && /^content-(?:encoding|length)$/i.test(name)))
  const response = responseOf(
    {
      status: code,
      headers: [
        ...(typed || type === undefined || made === undefined ? [] : [['Content-Type', type] as const]),
        ...kept,
      ],
      body: made,
      liveHeaders: true,
    },
    { thing, node: example },
  )
  return { node: example, title, name: example.get('name').text() ?? title, method, url, code, response }
}

const bodyOf = (text: string, fill: (text: string) => string): ReplyBody | undefined => {
  if (text === '') return undefined
  return text.includes('{{') ? { kind: 'template', text: fill(text) } : { kind: 'text', text }
}

const typesOf: Readonly<Record<string, string>> = {
  json: 'application/json',
  xml: 'application/xml',
  html: 'text/html',
  javascript: 'application/javascript',
}

/** A list, or lines of text in schema 2.0. */
const headersOf = (
  node: JsonNode,
  fill: (text: string, node: JsonNode) => string,
): readonly (readonly [string, string])[] => {
  if (node.isText)
    return (node.text() ?? '').split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(':')
      return colon <= 0
        ? []
        : [[line.slice(0, colon).trim(), fill(line.slice(colon + 1).trim(), node)] as const]
    })
  const headers = node
    .items()
    .filter((one) => one.get('disabled').boolean() !== true)
    .map((one) => [one.get('key').text() ?? '', fill(one.get('value').scalar() ?? '', one)] as const)
    .filter(([name]) => name !== '')
  node.skip()
  return headers
}
