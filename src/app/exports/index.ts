/** All formats to export but Pact, which has a way of its own (`pact/`). */
import type { ExportFormat } from './format.ts'
import { harExport } from './har/har.ts'
import { openapiExport } from './openapi/openapi.ts'
import { wiremockExport } from './wiremock/wiremock.ts'

export const exportFormats: readonly ExportFormat[] = [wiremockExport, harExport, openapiExport]
