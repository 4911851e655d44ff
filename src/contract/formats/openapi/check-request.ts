/** A call, as far as it is known, held against an operation: parameters, then the body. */
import { isFields } from '../../../core/fields.ts'
import { child, type Pointer, type SpecNode } from './document.ts'
import type { FindingSink } from './findings.ts'
import type { KnownBody, TextKnowledge } from './knowledge.ts'
import { type KnownRequest, type KnownRequestBody, sections, type TextPlace } from './known-request.ts'
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
  request: KnownRequest,
  operation: Operation,
  description: Description,
  findings: FindingSink,
): void => {
  const check = new RequestCheck(request, operation, description, findings)
  check.parameters()
  check.queryNames()
  check.body()
  check.tellUndecided()
}

/** Whether a call's body says anything, by the description. */
export const describesBody = ({ requestBody }: Operation, contentType: string): boolean => {
  if (requestBody === undefined) return false
  const media = mediaFor(requestBody.content, contentType)
  return (
    requestBody.required ||
    (media?.schema !== undefined && (isJsonType(contentType) || media.type === formType))
  )
}

/** OpenAPI: parameters of these names are ignored. */
const ignoredHeaders = new Set(['accept', 'content-type', 'authorization'])

type SomeBody = Extract<KnownRequestBody, { readonly kind: 'some' }>

class RequestCheck {
  readonly #request: KnownRequest
  readonly #operation: Operation
  readonly #description: Description
  readonly #findings: FindingSink
  #operators = 0

  constructor(request: KnownRequest, operation: Operation, description: Description, findings: FindingSink) {
    this.#request = request
    this.#operation = operation
    this.#description = description
    this.#findings = findings
  }

  parameters(): void {
    for (const parameter of this.#operation.parameters) {
      const { in: place, name } = parameter
      if (place === 'header' && ignoredHeaders.has(name)) continue
      if (place === 'path') this.#pathParameter(parameter)
      else this.#parameter(parameter, place)
    }
  }

  #parameter(parameter: Parameter, place: TextPlace): void {
    const { name, required, style } = parameter
    const text = this.#request.text(place, name)
    if (text === undefined) {
      if (required && style !== 'deepObject' && !this.#spreads(parameter)) this.#unasked(parameter, place)
      return
    }
    const path = ['request', ...text.path]
    if (text.known.kind === 'absent') {
      if (required)
        this.#findings.add('violation', 'missing-parameter', path, {
          message: `the contract requires the ${place} parameter ${name}, and the mock takes calls without it only`,
          contract: parameter.node,
        })
      return
    }
    this.#values(text.known, parameter, path)
  }

  /** Mocks name few headers, and recording does not; a query decides which call it is. */
  #unasked(parameter: Parameter, place: TextPlace): void {
    const { name, node } = parameter
    if (place === 'header' && this.#description.credentials.header.has(name)) return
    const section = sections[place]
    if (this.#request.real) {
      this.#findings.add('violation', 'missing-parameter', ['request', section, name], {
        message: `the contract requires this ${place} parameter`,
        contract: node,
      })
      return
    }
    this.#findings.add(place === 'query' ? 'violation' : 'notVerifiable', 'missing-parameter', ['request'], {
      message: `the contract requires the ${place} parameter ${name}, and the mock answers calls without it`,
      contract: node,
      hint: `say so: ${section}: { ${name}: { $absent: false } }`,
    })
  }

  #pathParameter(parameter: Parameter): void {
    const theirs = this.#operation.path.split('/')
    const own = this.#request.path.split('/')
    const index = theirs.indexOf(`{${parameter.name}}`)
    const segment = index === -1 ? undefined : own[own.length - theirs.length + index]
    const text = segment === undefined ? undefined : this.#request.segment(segment)
    if (text !== undefined) this.#values(text.known, parameter, ['request', ...text.path])
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
    return target !== undefined && isFields(target.value) && target.value['type'] === 'object'
  }

  queryNames(): void {
    const names = this.#request.queryNames()
    if (names.length === 0 || this.#operation.openQuery) return
    const parameters = this.#operation.parameters.filter((one) => one.in === 'query')
    if (parameters.some((one) => one.style === 'deepObject' || this.#spreads(one))) return
    const known = new Set([...parameters.map(({ name }) => name), ...this.#description.credentials.query])
    for (const name of names) {
      const bare = name.replace(/\[\d*\]$/, '')
      if (known.has(name) || known.has(bare) || known.has(`${name}[]`)) continue
      this.#findings.add('violation', 'unknown-parameter', ['request', 'query', name], {
        message: 'the contract knows no such query parameter',
        ...(known.size > 0 && { expected: [...known].join(', ') }),
        actual: name,
        contract: this.#operation.node,
      })
    }
  }

  body(): void {
    const { body, real } = this.#request
    const { requestBody } = this.#operation
    if (body.kind === 'unsaid') return
    if (body.kind === 'none') {
      if (requestBody?.required === true)
        this.#findings.add('violation', 'missing-body', ['request', 'body'], {
          message: real
            ? 'the contract requires a body'
            : 'the contract requires a body, and the mock takes calls without one only',
          contract: requestBody.node,
        })
      return
    }
    if (requestBody === undefined) {
      this.#findings.add('violation', 'unexpected-body', ['request', ...body.path], {
        message: 'the contract has no body for this operation',
        contract: this.#operation.node,
      })
      return
    }
    const media = this.#media(requestBody.content, body)
    if (media === undefined || body.opaque) return
    this.#document(body, media)
  }

  /** What the body's type decides: as its header says, else, of a mock that does not say, JSON, else a form. */
  #media(content: readonly Media[], { type: known, isForm }: SomeBody): Media | undefined {
    if (known?.kind === 'oneOf') {
      const [type = ''] = known.values
      const media = mediaFor(content, type)
      if (media === undefined && content.length > 0)
        this.#findings.add('violation', 'content-type', ['request', 'headers'], {
          message: 'the contract takes no such content type',
          expected: content.map((one) => one.type).join(', '),
          actual: type === '' ? 'none' : type,
          contract: content[0]!.node,
        })
      return media
    }
    const json = content.find(({ type }) => isJsonType(type)) ?? content.find(({ type }) => type === '*/*')
    const form = content.find(({ type }) => type === formType)
    const media = isForm ? form : (json ?? form)
    if (media === undefined) this.#operators++
    return media
  }

  #document(body: SomeBody, media: Media): void {
    const { schema, type } = media
    if (schema === undefined) return
    if (type === formType) {
      this.#form(body, schema)
      return
    }
    const known =
      isJsonType(this.#typeOf(body, type)) || (type === '*/*' && !this.#request.real)
        ? body.json()
        : undefined
    if (known === undefined) {
      this.#operators++
      return
    }
    if ('problem' in known) {
      this.#findings.add('violation', 'not-json', ['request', 'body'], {
        message: `it is ${known.problem}`,
        contract: media.node,
      })
      return
    }
    this.#holdJson(known, schema)
  }

  /** A real body is what its header says, and not what the description's range of types might be. */
  #typeOf({ type }: SomeBody, described: string): string {
    return this.#request.real && type?.kind === 'oneOf' ? (type.values[0] ?? '') : described
  }

  #holdJson({ value, holes, part }: KnownBody, schema: SpecNode): void {
    this.#operators += holes
    const found = this.#description.schemas.mismatches(schema, value, {
      direction: 'request',
      part,
      holes: holes > 0 || part,
    })
    for (const mismatch of found) this.#findings.mismatch(mismatch, ['request', 'body'])
  }

  #form(body: SomeBody, written: SpecNode): void {
    const { files } = this.#description
    const schema = files.resolve(written)
    const fields = body.form()
    if (fields === undefined || schema === undefined) {
      this.#operators++
      return
    }
    for (const [name, known] of fields) {
      const property = child(schema, 'properties', name)
      if (property === undefined) continue
      const field = {
        in: 'query',
        name,
        required: false,
        node: property,
        schema: property,
        style: 'form',
        explode: true,
      } as const
      this.#values(known, field, ['request', 'body', name])
    }
    if (this.#request.real) this.#formNames(new Set(fields.keys()), schema)
  }

  /** Of a mock's form the rest is not known. */
  #formNames(names: ReadonlySet<string>, schema: SpecNode): void {
    const { required, properties, additionalProperties } = schema.value as Readonly<Record<string, unknown>>
    for (const name of Array.isArray(required) ? required.map(String) : [])
      if (!names.has(name))
        this.#findings.mismatch(
          {
            rule: 'missing-property',
            path: [name],
            message: 'it is required, and not there',
            contract: schema,
          },
          ['request', 'body'],
        )
    if (additionalProperties !== false) return
    for (const name of names)
      if (!isFields(properties) || !Object.hasOwn(properties, name))
        this.#findings.mismatch(
          {
            rule: 'unknown-property',
            path: [name],
            message: 'the contract does not know it',
            contract: schema,
          },
          ['request', 'body'],
        )
  }

  tellUndecided(): void {
    if (this.#operators === 0 || this.#request.real) return
    const what = this.#operators === 1 ? 'one condition is' : `${this.#operators} conditions are`
    this.#findings.add('notVerifiable', 'operator', ['request'], {
      message: `${what} no value, so that only a call can tell`,
    })
  }
}

const formType = 'application/x-www-form-urlencoded'
