/** What was found about a promise, as reports tell it. */
import type { Violation } from '../../contract/violation.ts'
import { httpMock } from './http-mock.ts'
import type { Promised } from './promises.ts'
import type { MockPath, ProviderFinding } from './provider-protocols/protocol.ts'

/** `operation`: `GET /orders/{id}`, `acme.Inventory/Get`. */
export const violationOf = (
  item: Promised,
  operation: string,
  { path, ...words }: ProviderFinding,
): Violation => {
  const { file, position, definition } = item
  return {
    ...consumerOf(item),
    service: file.service,
    version: item.contract.version ?? file.version,
    operation,
    mock: definition.name,
    at: path.length === 0 ? definition.at : httpMock(file, position, []).locate(path),
    path: pathText(path),
    ...words,
  }
}

export const consumerOf = ({ file }: Promised): { readonly consumer?: string } =>
  file.contract === undefined ? {} : { consumer: file.contract.consumer }

/** `response.body.items[0].sku`. */
const pathText = (path: MockPath): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('')
