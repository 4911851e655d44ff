/**
 * Two versions of a description: what a consumer of the old one stumbles over in the new one, and what is merely added. A call
 * may not have to carry more, or less freely; an answer may not carry less, or more freely.
 */
import type { Change } from '../../change.ts'
import { compareSchemas, type SchemaChange } from './compare-schemas.ts'
import { placeOf, type SpecNode } from './document.ts'
import type { Description, Media, Operation, Parameter, Response } from './operations.ts'

export const compareDescriptions = (before: Description, after: Description): readonly Change[] => {
  const comparison = new Comparison(before, after)
  const now = new Map(after.operations.map((one) => [keyOf(one), one]))
  const was = new Map(before.operations.map((one) => [keyOf(one), one]))
  for (const [key, operation] of was) {
    const next = now.get(key)
    if (next === undefined) {
      comparison.add(
        'breaking',
        'operation-removed',
        operation.name,
        '',
        'the operation is gone',
        operation.node,
      )
    } else comparison.operation(operation, next)
  }
  for (const [key, operation] of now)
    if (!was.has(key))
      comparison.add('added', 'operation-added', operation.name, '', 'the operation is new', operation.node)
  return comparison.changes
}

/** Names of path parameters are nobody's business. */
const keyOf = ({ method, path }: Operation): string => `${method} ${path.replaceAll(/\{[^{}]*\}/g, '{}')}`

class Comparison {
  readonly changes: Change[] = []
  readonly #before: Description
  readonly #after: Description
  #operation = ''

  constructor(before: Description, after: Description) {
    this.#before = before
    this.#after = after
  }

  add(
    kind: Change['kind'],
    rule: string,
    operation: string,
    path: string,
    message: string,
    at: SpecNode,
    before?: SpecNode,
  ): void {
    this.changes.push({
      kind,
      rule,
      operation,
      path,
      message,
      at: placeOf(at),
      ...(before !== undefined && { before: placeOf(before) }),
    })
  }

  operation(was: Operation, now: Operation): void {
    this.#operation = now.name
    this.#parameters(was, now)
    this.#requestBody(was, now)
    this.#responses(was, now)
  }

  #add(
    kind: Change['kind'],
    rule: string,
    path: string,
    message: string,
    at: SpecNode,
    before?: SpecNode,
  ): void {
    this.add(kind, rule, this.#operation, path, message, at, before)
  }

  #parameters(was: Operation, now: Operation): void {
    const old = new Map(was.parameters.map((one) => [parameterKey(one, was), one]))
    for (const parameter of now.parameters) {
      const key = parameterKey(parameter, now)
      const before = old.get(key)
      old.delete(key)
      const path = `request.${parameter.in}.${parameter.name}`
      if (before === undefined) {
        const kind = parameter.required ? 'breaking' : 'added'
        const rule = parameter.required ? 'required-parameter-added' : 'parameter-added'
        this.#add(
          kind,
          rule,
          path,
          `the parameter is new${parameter.required ? ' and required' : ''}`,
          parameter.node,
        )
        continue
      }
      if (parameter.required && !before.required)
        this.#add(
          'breaking',
          'parameter-required',
          path,
          'the parameter is required now',
          parameter.node,
          before.node,
        )
      this.#schemas('request', path, before.schema, parameter.schema)
    }
    for (const { in: place, name, node } of old.values())
      this.#add(
        'added',
        'parameter-removed',
        `request.${place}.${name}`,
        'the parameter is not known any more',
        now.node,
        node,
      )
  }

  #requestBody({ requestBody: was }: Operation, { requestBody: now, node }: Operation): void {
    if (now === undefined) {
      if (was !== undefined)
        this.#add(
          'breaking',
          'request-body-removed',
          'request.body',
          'it takes no body any more',
          node,
          was.node,
        )
      return
    }
    if (now.required && was?.required !== true) {
      const rule = was === undefined ? 'request-body-added' : 'request-body-required'
      this.#add('breaking', rule, 'request.body', 'a body is required now', now.node, was?.node)
    } else if (was === undefined)
      this.#add('added', 'request-body-added', 'request.body', 'it takes a body now', now.node)
    if (was !== undefined) this.#content('request', 'request.body', was.content, now.content, now.node)
  }

  #responses(was: Operation, now: Operation): void {
    const old = new Map(was.responses.map((one) => [one.status.toLowerCase(), one]))
    for (const response of now.responses) {
      const before = old.get(response.status.toLowerCase())
      old.delete(response.status.toLowerCase())
      const path = `response.${response.status}`
      if (before === undefined) {
        this.#add('added', 'response-added', path, 'it may answer so now', response.node)
        continue
      }
      this.#headers(path, before, response)
      this.#content('response', `${path}.body`, before.content, response.content, response.node)
    }
    for (const { status, node } of old.values()) {
      const good = /^[23]/.test(status)
      this.#add(
        good ? 'breaking' : 'added',
        'response-removed',
        `response.${status}`,
        'it does not answer so any more',
        now.node,
        node,
      )
    }
  }

  #headers(path: string, was: Response, now: Response): void {
    const names = new Map(now.headers.map((one) => [one.name, one]))
    for (const { name, required, schema, node } of was.headers) {
      const header = names.get(name)
      const place = `${path}.headers.${name}`
      if (header === undefined)
        this.#add('breaking', 'header-removed', place, 'the header is gone', now.node, node)
      else {
        if (required && !header.required)
          this.#add('breaking', 'header-optional', place, 'the header may be missing now', header.node, node)
        this.#schemas('response', place, schema, header.schema)
      }
    }
  }

  #content(
    direction: 'request' | 'response',
    path: string,
    was: readonly Media[],
    now: readonly Media[],
    node: SpecNode,
  ): void {
    const types = new Map(now.map((one) => [one.type, one]))
    for (const media of was) {
      const next = types.get(media.type)
      types.delete(media.type)
      if (next === undefined)
        this.#add(
          'breaking',
          'media-type-removed',
          path,
          `there is no ${media.type} any more`,
          node,
          media.node,
        )
      else this.#schemas(direction, path, media.schema, next.schema)
    }
    for (const [type, media] of types)
      this.#add('added', 'media-type-added', path, `there is ${type} now`, media.node)
  }

  #schemas(
    direction: 'request' | 'response',
    path: string,
    was: SpecNode | undefined,
    now: SpecNode | undefined,
  ): void {
    if (was === undefined || now === undefined) return
    const found = compareSchemas(
      { node: was, files: this.#before.files, dialect: this.#before.version.schemas },
      { node: now, files: this.#after.files, dialect: this.#after.version.schemas },
      direction,
    )
    for (const change of found) this.changes.push(this.#change(change, path))
  }

  #change({ path, node, before, ...change }: SchemaChange, base: string): Change {
    return {
      ...change,
      operation: this.#operation,
      path: `${base}${path}`,
      at: placeOf(node),
      ...(before !== undefined && { before: placeOf(before) }),
    }
  }
}

/** Path parameters are known by their position. */
const parameterKey = ({ in: place, name }: Parameter, { path }: Operation): string => {
  const at = [...path.matchAll(/\{([^{}]*)\}/g)].findIndex((match) => match[1] === name)
  return place === 'path' ? `path ${at}` : `${place} ${name}`
}
