/** What a service's mocks and calls are held against: `contract` of a service. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Path } from '../yaml/tree.ts'
import type { ContractConfig } from './config.ts'
import type { Report } from './report.ts'
import type { ServiceFile } from './schema.ts'

/** The path is relative to the file that names it. */
export const readContract = (
  service: ServiceFile,
  path: Path,
  report: Report,
): ContractConfig | undefined => {
  const { contract } = service
  const enforce = contract?.enforce ?? (hasSchemas(service) ? 'warn' : undefined)
  if (contract?.openapi === undefined && enforce === undefined) return undefined
  if (contract?.enforce !== undefined) checkEnforce(service, [...path, 'enforce'], report)
  return { openapi: readOpenapi(service, [...path, 'openapi'], report), enforce }
}

/** Who says what values of topics are, wants them held against it. */
const hasSchemas = ({ protocol, topics = {} }: ServiceFile): boolean =>
  protocol === 'kafka' &&
  Object.values(topics).some(
    (policy) => policy?.value?.schema !== undefined || policy?.value?.registry !== undefined,
  )

const readOpenapi = (
  { contract, protocol }: ServiceFile,
  place: Path,
  report: Report,
): ContractConfig['openapi'] => {
  if (contract?.openapi === undefined) return undefined
  if (protocol !== undefined && protocol !== 'http') {
    report.add(place, {
      message: `openapi is for services with protocol: http, and this one speaks ${protocol}`,
      hint: protocol === 'grpc' ? 'its contract are the definitions under proto' : 'remove it',
      onKey: true,
    })
    return undefined
  }
  const layer = report.layerOf(place)
  const file = resolve(layer.folder, contract.openapi)
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    report.add(place, {
      message: `${contract.openapi} does not exist`,
      hint: 'correct the path; it is relative to this file',
    })
  }
  return { path: file, shown: contract.openapi, at: layer.locate(place).at }
}

const checkEnforce = (service: ServiceFile, place: Path, report: Report): void => {
  const { contract, protocol = 'http', proto, reflection } = service
  if (protocol === 'tcp')
    report.add(place, {
      message: 'a service of protocol tcp has no calls that a contract could speak of',
      hint: 'remove it',
      onKey: true,
    })
  else if (protocol === 'grpc' && (proto === undefined || proto.length === 0) && reflection !== true)
    report.add(place, {
      message: 'there is nothing to enforce: the service has no definitions',
      hint: 'name its .proto files: proto: [./proto/….proto]; or say reflection: true',
      onKey: true,
    })
  else if (protocol === 'kafka' && !hasSchemas(service))
    report.add(place, {
      message: 'there is nothing to enforce: no topic names a schema',
      hint: 'name one: topics: { orders: { value: { format: avro, schema: ./order.avsc } } }',
      onKey: true,
    })
  else if (protocol === 'http' && contract?.openapi === undefined)
    report.add(place, {
      message: 'there is nothing to enforce: the service has no contract',
      hint: 'name one beside it: openapi: ./….yaml',
      onKey: true,
    })
}
