/** What an expectation does with a call. */
import type { JsonNode } from '../source/json-node.ts'
import { duration, type ReplyBody, responseOf } from '../source/reply.ts'
import { NotPossible, type Thing } from '../source/things.ts'

/** Keys of the mock beside `request`. Throws NotPossible. */
export const answerOf = (expectation: JsonNode, thing: Thing): Record<string, unknown> => {
  const response = expectation.get('httpResponse')
  if (!response.missing) return replied(response, thing)
  const error = expectation.get('httpError')
  if (!error.missing) return failed(error, thing)
  const forward = expectation.get('httpForward')
  if (!forward.missing) {
    const to = `${(forward.get('scheme').text() ?? 'HTTP').toLowerCase()}://${forward.get('host').text() ?? ''}:${forward.get('port').number() ?? 80}`
    thing.note(
      `asks the real service that svc-mock.yaml names for the service; MockServer asked ${to}`,
      forward,
    )
    return { ...delayed(forward.get('delay')), upstream: {} }
  }
  const override = expectation.get('httpOverrideForwardedRequest')
  if (!override.missing) return overridden(override, thing)
  for (const [key, hint] of refused) {
    const node = expectation.get(key)
    if (!node.missing) throw new NotPossible(`${key} ${hint}`, node)
  }
  throw new NotPossible('it has no answer', expectation)
}

const refused = [
  ['httpResponseTemplate', 'is a template of MockServer: write expressions, or a script'],
  ['httpForwardTemplate', 'changes the request that is passed on, which no mock does'],
  ['httpResponseClassCallback', 'runs a Java class: write a script'],
  ['httpResponseObjectCallback', 'asks the client that made it: write a script'],
  ['httpForwardClassCallback', 'runs a Java class'],
  ['httpForwardObjectCallback', 'asks the client that made it'],
] as const

const replied = (response: JsonNode, thing: Thing): Record<string, unknown> => {
  const options = response.get('connectionOptions')
  for (const [key, node] of options.fields()) {
    if (node.value === false) continue
    thing.note(`connectionOptions.${key} is left out: what belongs to the connection is svc-mock's own`, node)
  }
  return { ...delayed(response.get('delay')), response: responseParts(response, thing) }
}

const responseParts = (response: JsonNode, thing: Thing): Record<string, unknown> => {
  const body = bodyOf(response.get('body'))
  const headers = [...headersOf(response.get('headers')), ...cookiesOf(response.get('cookies'))]
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type')
  return responseOf(
    {
      status: response.get('statusCode').number() ?? 200,
      statusText: response.get('reasonPhrase').text() || undefined,
      headers:
        typed || body.type === undefined ? headers : [['Content-Type', body.type] as const, ...headers],
      body: body.made,
    },
    { thing, node: response },
  )
}

const headersOf = (node: JsonNode): readonly (readonly [string, string])[] => {
  if (node.isList)
    return node.items().flatMap((one) =>
      one
        .get('values')
        .items()
        .map((value) => [one.get('name').text() ?? '', value.scalar() ?? ''] as const),
    )
  return node
    .fields()
    .filter(([name]) => name !== 'keyMatchStyle')
    .flatMap(([name, values]) =>
      (values.isList ? values.items() : [values]).map((value) => [name, value.scalar() ?? ''] as const),
    )
}

const cookiesOf = (node: JsonNode): readonly (readonly [string, string])[] => {
  const pairs = node.isList
    ? node.items().map((one) => [one.get('name').text() ?? '', one.get('value').scalar() ?? ''] as const)
    : node.fields().map(([name, value]) => [name, value.scalar() ?? ''] as const)
  return pairs.map(([name, value]) => ['Set-Cookie', `${name}=${value}`])
}

interface TypedBody {
  readonly made: ReplyBody | undefined
  readonly type: string | undefined
}

const bodyOf = (node: JsonNode): TypedBody => {
  if (node.missing) return { made: undefined, type: undefined }
  if (node.isText) return { made: text(node.text() ?? ''), type: undefined }
  const type = node.get('type').text()
  if (type === undefined) return { made: { kind: 'json', value: node.value }, type: 'application/json' }
  const given = node.get('contentType').text()
  node.skip('rawBytes')
  switch (type) {
    case 'STRING':
      return { made: text(node.get('string').text() ?? ''), type: given }
    case 'JSON': {
      const json = node.get('json')
      return {
        made: json.isText ? text(json.text() ?? '') : { kind: 'json', value: json.value },
        type: given ?? 'application/json',
      }
    }
    case 'XML':
      return { made: text(node.get('xml').text() ?? ''), type: given ?? 'application/xml' }
    case 'BINARY':
      return { made: { kind: 'bytes', base64: node.get('base64Bytes').text() ?? '' }, type: given }
    default:
      throw new NotPossible(`a body of type ${type}`, node.get('type'))
  }
}

const text = (value: string): ReplyBody | undefined =>
  value === '' ? undefined : { kind: 'text', text: value }

const failed = (error: JsonNode, thing: Thing): Record<string, unknown> => {
  const bytes = error.get('responseBytes')
  if (bytes.isText && bytes.text() !== '') {
    thing.note('the bytes of the answer become a broken chunk behind a good head', bytes)
    return { fault: { ...delayed(error.get('delay')).fault, abort: 'malformed' }, response: {} }
  }
  if (error.get('dropConnection').boolean() !== true)
    throw new NotPossible('an error that does nothing', error)
  return { fault: { ...delayed(error.get('delay')).fault, abort: 'empty' }, response: {} }
}

const overridden = (override: JsonNode, thing: Thing): Record<string, unknown> => {
  for (const key of ['httpRequest', 'requestOverride', 'requestModifier'])
    if (!override.get(key).missing)
      throw new NotPossible('it changes the request that is passed on, which no mock does', override.get(key))
  const response = ['httpResponse', 'responseOverride']
    .map((key) => override.get(key))
    .find((node) => !node.missing)
  if (response === undefined) return { ...delayed(override.get('delay')), upstream: {} }
  const { status, headers, body } = responseParts(response, thing)
  if (body !== undefined) throw new NotPossible('it replaces the body of the real answer', response)
  const patch = {
    ...(response.get('statusCode').number() !== undefined && { status: status ?? 200 }),
    ...(headers !== undefined && { headers: { set: headers } }),
  }
  return { ...delayed(override.get('delay')), upstream: Object.keys(patch).length === 0 ? {} : { patch } }
}

const units: Readonly<Record<string, number>> = {
  NANOSECONDS: 1e-6,
  MICROSECONDS: 1e-3,
  MILLISECONDS: 1,
  SECONDS: 1000,
  MINUTES: 60_000,
  HOURS: 3_600_000,
  DAYS: 86_400_000,
}

const delayed = (delay: JsonNode): { readonly fault?: { readonly delay: string } } => {
  if (delay.missing) return {}
  const unit = units[delay.get('timeUnit').text() ?? 'MILLISECONDS']
  const value = delay.get('value').number()
  if (unit === undefined || value === undefined) throw new NotPossible('a delay that cannot be read', delay)
  const ms = Math.min(Math.round(value * unit), units['DAYS']!)
  return ms > 0 ? { fault: { delay: duration(ms) } } : {}
}
