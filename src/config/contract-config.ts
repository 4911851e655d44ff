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
  if (contract?.openapi === undefined && contract?.enforce === undefined) return undefined
  const { enforce } = contract
  if (enforce !== undefined) checkEnforce(service, [...path, 'enforce'], report)
  return { openapi: readOpenapi(service, [...path, 'openapi'], report), enforce }
}

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

const checkEnforce = (
  { contract, protocol = 'http', proto, reflection }: ServiceFile,
  place: Path,
  report: Report,
): void => {
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
  else if (protocol === 'http' && contract?.openapi === undefined)
    report.add(place, {
      message: 'there is nothing to enforce: the service has no contract',
      hint: 'name one beside it: openapi: ./….yaml',
      onKey: true,
    })
}
