/** What a service's mocks are held against: `contract` of a service. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Path } from '../yaml/tree.ts'
import type { ContractConfig } from './config.ts'
import type { Report } from './report.ts'
import type { ServiceFile } from './schema.ts'

/** The path is relative to the file that names it. */
export const readContract = (
  { contract, protocol }: ServiceFile,
  path: Path,
  report: Report,
): ContractConfig | undefined => {
  if (contract?.openapi === undefined) return undefined
  const place = [...path, 'openapi']
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
  return { openapi: { path: file, shown: contract.openapi, at: layer.locate(place).at } }
}
