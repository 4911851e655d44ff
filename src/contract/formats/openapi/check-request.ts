/** The call that a mock asks for, held against an operation: parameters, then the body. */
import type { Findings, HttpMock } from './check-mock.ts'
import { child, isObject, type Pointer } from './document.ts'
import { isOperators, knownBody, knownText, type TextKnowledge } from './knowledge.ts'
import {
  type Description,
  isJsonType,
  type Media,
  mediaFor,
  type Operation,
  type Parameter,
} from './operations.ts'
import { textMismatches } from './text-values.ts'

export const checkRequest = (
  mock: HttpMock,
  operation: Operation,
  description: Description,
  findings: Findings,
): void => {
  const check = new RequestCheck(mock, operation, description, findings)
  check.parameters()
  check.queryNames()
  check.body()
  check.tellUndecided()
}

/** OpenAPI: parameters of these names are ignored. */
const ignoredHeaders = new Set(['accept', 'content-type', 'authorization'])
const sections = { query: 'query', header: 'headers', path: 'params', cookie: 'cookies' } as const

class RequestCheck {
  readonly #mock: HttpMock
  readonly #operation: Operation
  readonly #description: Description
  readonly #findings: Findings
  #operators = 0

  constructor(mock: HttpMock, operation: Operation, description: Description, findings: Findings) {
    this.#mock = mock
    this.#operation = operation
    this.#description = description
    this.#findings = findings
  }

  parameters(): void {
    for (const parameter of this.#operation.parameters) {
      if (parameter.in === 'header' && ignoredHeaders.has(parameter.name)) continue
      if (parameter.in === 'path') this.#pathParameter(parameter)
      else this.#parameter(parameter)
    }
  }

  #parameter(parameter: Parameter): void {
    const { in: place, name, required, style } = parameter
    const section = sections[place]
    const [key, condition] = memberOf(this.#mock.request[section], name, place === 'header')
    if (key === undefined) {
      if (required && style !== 'deepObject' && !this.#spreads(parameter)) this.#unasked(parameter)
      return
    }
    const path = ['request', section, key]
    const known = knownText(condition)
    if (known.kind === 'absent') {
      if (required)
        this.#findings.add('violation', 'missing-parameter', path, {
          message: `the contract requires the ${place} parameter ${name}, and the mock takes calls without it only`,
          contract: parameter.node,
        })
      return
    }
    this.#values(known, parameter, path)
  }

  /** Headers are named by few mocks, and not recorded; a query decides which call it is. */
  #unasked(parameter: Parameter): void {
    const { in: place, name, node } = parameter
    if (place === 'header' && this.#description.credentials.header.has(name)) return
    const section = sections[place]
    this.#findings.add(place === 'query' ? 'violation' : 'notVerifiable', 'missing-parameter', ['request'], {
      message: `the contract requires the ${place} parameter ${name}, and the mock answers calls without it`,
      contract: node,
      hint: `say so: ${section}: { ${name}: { $absent: false } }`,
    })
  }

  #pathParameter(parameter: Parameter): void {
    const theirs = this.#operation.path.split('/')
    const own = String(this.#mock.request['path']).split('/')
    const index = theirs.indexOf(`{${parameter.name}}`)
    const segment = index === -1 ? undefined : own[own.length - theirs.length + index]
    if (segment === undefined || segment.includes('*}')) return
    const name = /^\{([^{}]*)\}$/.exec(segment)?.[1]
    if (name !== undefined) {
      const [key, condition] = memberOf(this.#mock.request['params'], name, false)
      if (key !== undefined) this.#values(knownText(condition), parameter, ['request', 'params', key])
      return
    }
    if (!segment.includes('{'))
      this.#values({ kind: 'oneOf', values: [decoded(segment)] }, parameter, ['request', 'path'])
  }

  #values(known: TextKnowledge, parameter: Parameter, path: Pointer): void {
    const { schema } = parameter
    if (known.kind === 'absent') return
    if (known.kind === 'present' || known.kind === 'unknown') {
      this.#operators++
      return
    }
    if (schema === undefined) return
    const { schemas, files } = this.#description
    for (const texts of known.kind === 'all' ? [known.values] : known.values.map((value) => [value])) {
      const found = textMismatches(texts, { ...parameter, schema }, schemas, files)
      if (found === undefined) this.#operators++
      for (const mismatch of found ?? []) this.#findings.mismatch({ ...mismatch, path: [] }, path)
    }
  }

  /** An object whose fields are parameters of their own. */
  #spreads({ in: place, schema, explode }: Parameter): boolean {
    if (place !== 'query' || !explode || schema === undefined) return false
    const { files } = this.#description
    const target = files.resolve(schema)
    return target !== undefined && isObject(target.value) && target.value['type'] === 'object'
  }

  queryNames(): void {
    const { query } = this.#mock.request
    if (!isObject(query) || this.#operation.openQuery) return
    const parameters = this.#operation.parameters.filter((one) => one.in === 'query')
    if (parameters.some((one) => one.style === 'deepObject' || this.#spreads(one))) return
    const known = new Set([...parameters.map(({ name }) => name), ...this.#description.credentials.query])
    for (const name of Object.keys(query)) {
      const bare = name.replace(/\[\d*\]$/, '')
      if (known.has(name) || known.has(bare) || known.has(`${name}[]`)) continue
      if (knownText(query[name]).kind === 'absent') continue
      this.#findings.add('violation', 'unknown-parameter', ['request', 'query', name], {
        message: 'the contract knows no such query parameter',
        ...(known.size > 0 && { expected: [...known].join(', ') }),
        actual: name,
        contract: this.#operation.node,
      })
    }
  }

  body(): void {
    const { body, multipart, headers } = this.#mock.request
    const { requestBody } = this.#operation
    if (body === undefined && multipart === undefined) return
    if (isObject(body) && body['$absent'] === true) {
      if (requestBody?.required === true)
        this.#findings.add('violation', 'missing-body', ['request', 'body'], {
          message: 'the contract requires a body, and the mock takes calls without one only',
          contract: requestBody.node,
        })
      return
    }
    if (requestBody === undefined) {
      this.#findings.add(
        'violation',
        'unexpected-body',
        ['request', body === undefined ? 'multipart' : 'body'],
        {
          message: 'the contract has no body for this operation',
          contract: this.#operation.node,
        },
      )
      return
    }
    const media = this.#media(requestBody.content, memberOf(headers, 'content-type', true)[1], body)
    if (media === undefined || body === undefined) return
    this.#document(body, media)
  }

  /** What the body's type decides: as the mock's own header says, else JSON, else a form. */
  #media(content: readonly Media[], header: unknown, body: unknown): Media | undefined {
    const known = header === undefined ? undefined : knownText(header)
    if (known?.kind === 'oneOf') {
      const [type = ''] = known.values
      const media = mediaFor(content, type)
      if (media === undefined && content.length > 0)
        this.#findings.add('violation', 'content-type', ['request', 'headers'], {
          message: 'the contract takes no such content type',
          expected: content.map((one) => one.type).join(', '),
          actual: type,
          contract: content[0]!.node,
        })
      return media
    }
    const json = content.find(({ type }) => isJsonType(type)) ?? content.find(({ type }) => type === '*/*')
    const form = content.find(({ type }) => type === formType)
    const isForm = isObject(body) && Object.hasOwn(body, '$form')
    const media = isForm ? form : (json ?? form)
    if (media === undefined) this.#operators++
    return media
  }

  #document(body: unknown, media: Media): void {
    const { schema, type } = media
    if (schema === undefined) return
    if (type === formType) {
      this.#form(isObject(body) && isObject(body['$form']) ? body['$form'] : body, media)
      return
    }
    const known = isJsonType(type) || type === '*/*' ? knownBody(body) : undefined
    // Text is compared as a whole, which may be a document or not.
    const value = known !== undefined && typeof known.value === 'string' ? parsed(known.value) : known?.value
    if (known === undefined || value === undefined) {
      this.#operators++
      return
    }
    this.#operators += known.holes
    const found = this.#description.schemas.mismatches(schema, value, {
      direction: 'request',
      part: known.part,
      holes: known.holes > 0 || known.part,
    })
    for (const mismatch of found) this.#findings.mismatch(mismatch, ['request', 'body'])
  }

  #form(fields: unknown, media: Media): void {
    const schema = media.schema === undefined ? undefined : this.#description.files.resolve(media.schema)
    if (!isObject(fields) || isOperators(fields) || schema === undefined) {
      this.#operators++
      return
    }
    for (const [name, condition] of Object.entries(fields)) {
      const property = child(schema, 'properties', name)
      if (property === undefined) continue
      const parameter = {
        in: 'query',
        name,
        required: false,
        node: property,
        schema: property,
        style: 'form',
        explode: true,
      } as const
      this.#values(knownText(condition), parameter, ['request', 'body', name])
    }
  }

  tellUndecided(): void {
    if (this.#operators === 0) return
    const what = this.#operators === 1 ? 'one condition is' : `${this.#operators} conditions are`
    this.#findings.add('notVerifiable', 'operator', ['request'], {
      message: `${what} no value, so that only a call can tell`,
    })
  }
}

const formType = 'application/x-www-form-urlencoded'

const memberOf = (
  section: unknown,
  name: string,
  anyCase: boolean,
): readonly [string, unknown] | readonly [undefined, undefined] => {
  if (!isObject(section)) return [undefined, undefined]
  const lower = name.toLowerCase()
  for (const key of Object.keys(section))
    if (key === name || (anyCase && key.toLowerCase() === lower) || key === `${name}[]`)
      return [key, section[key]]
  return [undefined, undefined]
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
