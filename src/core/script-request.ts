/** A call as its script sees it: `request`. The body's own JSON is passed on as it was written. */
import type { DecodedBody } from './body.ts'
import type { Call } from './call.ts'
import type { MockDialect } from './dialect.ts'

export type Params = Readonly<Record<string, string>>

export interface RequestSource {
  readonly dialect: MockDialect
  /** The scenario of the mock, if it names one. */
  readonly scenario: string | undefined
  /** The mock's. */
  readonly version: string | undefined
  /** The parameters of the mock's path in a call that it matches. */
  params(call: Call): Params
}

type Wants = ReadonlySet<string> | undefined

/** As JSON text. `wants`: the fields that can be looked at; undefined: all. */
export const scriptRequest = (call: Call, source: RequestSource, wants: Wants): string | Promise<string> => {
  if (!wanted(wants, bodyName(source.dialect, call)) || call.body.empty)
    return JSON.stringify(requestFields(call, source, wants))
  const body = call.body.read(call.service.bodyLimit)
  return body instanceof Promise
    ? body.then((read) => withBody(call, source, wants, read))
    : withBody(call, source, wants, body)
}

/** Under which name the request holds what the call carries. */
export const bodyName = (dialect: MockDialect, call: Call): string => dialect.scriptBody?.(call) ?? 'body'

/** All but the body. */
export const requestFields = (
  call: Call,
  { dialect, scenario, version, params }: RequestSource,
  wants: Wants,
): Record<string, unknown> => {
  const fields: Record<string, unknown> = dialect.scriptFields(call, wants)
  if (wanted(wants, 'params')) fields['params'] = params(call)
  if (wanted(wants, 'service')) fields['service'] = call.service.name
  if (wanted(wants, 'version')) fields['version'] = call.version ?? call.service.version ?? version
  if (wanted(wants, 'tenant')) fields['tenant'] = call.tenant.id
  if (scenario !== undefined && wanted(wants, 'scenario'))
    fields['scenario'] = { name: scenario, state: call.tenant.state.scenario(scenario) }
  return fields
}

export const wanted = (wants: Wants, field: string): boolean => wants === undefined || wants.has(field)

const withBody = (call: Call, source: RequestSource, wants: Wants, body: DecodedBody): string => {
  const head = JSON.stringify(requestFields(call, source, wants))
  if (body.bytes.length === 0) return head
  const name = bodyName(source.dialect, call)
  return `${head.slice(0, -1)}${head === '{}' ? '' : ','}"${name}":${bodyText(body)}}`
}

/** JSON as a value, a form as an object, other text as text, and other bytes as `{ base64 }`. */
const bodyText = (body: DecodedBody): string => {
  const text = body.text()
  if (body.problem !== undefined) return 'null'
  return text.ok && body.json().ok ? text.value : JSON.stringify(otherBody(body))
}

/** The same as a value. */
export const bodyValue = (body: DecodedBody): unknown => {
  if (body.problem !== undefined) return null
  const json = body.text().ok ? body.json() : undefined
  return json?.ok === true ? json.value : otherBody(body)
}

const otherBody = (body: DecodedBody): unknown => {
  const text = body.text()
  if (!text.ok) return { base64: toBase64(body.bytes) }
  if (!/^application\/x-www-form-urlencoded\b/i.test(body.contentType)) return text.value
  const form = body.form()
  return form.ok ? valuesOf(form.value) : text.value
}

const toBase64 = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

/** One value as text, several under one name as a list. */
export const valuesOf = (values: ReadonlyMap<string, readonly string[]>): Record<string, unknown> => {
  const object: Record<string, unknown> = Object.create(null)
  for (const [name, list] of values) object[name] = list.length === 1 ? list[0] : list
  return object
}
