/** What a mock is about: the methods that its `request` names, as far as the service's definitions tell. */
import type { MockScope } from '../../core/dialect.ts'
import { SpecError } from '../../core/matcher.ts'
import { nearest } from '../../core/nearest.ts'
import type { RequestSpec } from './mock-schema.ts'
import { type GrpcDefinitions, grpcDefinitions, type RpcMethod } from './schema.ts'

export interface GrpcScope {
  readonly service: string
  readonly definitions: GrpcDefinitions | undefined
  /** As written. */
  readonly method: string | undefined
  /** What `method` says is a mistake, which is told where it stands and nowhere else. */
  readonly mistaken: boolean
  /** The one method that is meant; undefined: several are, or no definition names it. */
  readonly rpc: RpcMethod | undefined
}

export const grpcScope = ({ service, definitions, request }: MockScope): GrpcScope => {
  const own = grpcDefinitions(definitions)
  const method = (request as RequestSpec | undefined)?.method
  const written = typeof method === 'string' ? method : undefined
  const found = written === undefined || own === undefined ? [] : methodsNamed(written, own)
  const rpc = found.length === 1 ? found[0] : undefined
  const scope = { service, definitions: own, method: written, rpc, mistaken: false }
  return rpc === undefined && isMistaken(scope) ? { ...scope, mistaken: true } : scope
}

const isMistaken = (scope: GrpcScope): boolean => {
  try {
    pathOf(scope)
    return false
  } catch {
    return true
  }
}

/** `acme.Inventory/Get`, `Inventory/Get`, `Get`. */
const methodsNamed = (text: string, { methods }: GrpcDefinitions): readonly RpcMethod[] => {
  const plain = text.replace(/^\//, '')
  const exact = methods.get(plain)
  if (exact !== undefined) return [exact]
  return [...methods.values()].filter(
    ({ name, operation }) =>
      (name === plain && !isEverybodys(operation)) ||
      (plain.includes('/') && operation.endsWith(`.${plain}`)),
  )
}

/** Those are meant only where their service is named. */
const isEverybodys = (operation: string): boolean => /^grpc\.(health|reflection)\./.test(operation)

export interface MockPath {
  /** For the index; undefined: any. */
  readonly path: string | undefined
  /** For people. */
  readonly operation: string
}

/** Throws SpecError, its path from the request's root. */
export const pathOf = (scope: GrpcScope): MockPath => {
  const { method, definitions, rpc } = scope
  if (method === undefined) return { path: undefined, operation: 'any method' }
  if (rpc !== undefined) return { path: `/${rpc.operation}`, operation: rpc.operation }
  const plain = method.replace(/^\//, '')
  const match = /^(?:([\w.]+)\/)?(\w+|\*)$/.exec(plain)
  if (match === null)
    throw new SpecError(
      `${JSON.stringify(method)} is no method of gRPC`,
      ['method'],
      'write acme.Inventory/Get, Get, or acme.Inventory/*',
    )
  const [, service, name] = match
  if (definitions !== undefined) checkKnown(plain, service, name!, definitions)
  return {
    path: `/${service ?? '{service}'}/${name === '*' ? '{method}' : name}`,
    operation: service === undefined ? `*/${name}` : plain,
  }
}

const checkKnown = (
  text: string,
  service: string | undefined,
  name: string,
  definitions: GrpcDefinitions,
): void => {
  const { operations, services } = definitions
  // Every server has those, and no file need define them.
  if (service !== undefined && isEverybodys(service)) return
  if (name === '*') {
    if (service === undefined || services.includes(service)) return
    throw unknown(`no service ${service}`, service, services)
  }
  const same = methodsNamed(text, definitions)
  if (same.length > 1)
    throw new SpecError(
      `several services have a method ${text}`,
      ['method'],
      `name one: ${same.map(({ operation }) => operation).join(', ')}`,
    )
  throw unknown(`no method ${text}`, text, [...operations, ...operations.map((one) => one.split('/')[1]!)])
}

const unknown = (what: string, text: string, known: readonly string[]): SpecError => {
  const near = nearest(text, known)
  return new SpecError(
    `the service's definitions have ${what}`,
    ['method'],
    near === undefined
      ? `known: ${known
          .filter((one) => one.includes('/') || !text.includes('/'))
          .slice(0, 10)
          .join(', ')}`
      : `did you mean ${near}?`,
  )
}

/** Why a message cannot be read or made here. */
export const undefinedMessage = ({ service, definitions, method }: GrpcScope, what: string): SpecError => {
  if (method === undefined || method.endsWith('*'))
    return new SpecError(
      `${what} needs one method, whose messages are known`,
      [],
      'name it: method: acme.Inventory/Get',
    )
  return new SpecError(
    definitions === undefined
      ? `${what} needs the service's definitions, and ${service} has none`
      : `${what} needs the definition of ${method}, and the service's files have none`,
    [],
    `add them in svc-mock.yaml: services: { ${service}: { proto: [./proto/….proto] } }, or reflection: true`,
  )
}
