/** All formats to import but Pact, whose interactions have a way of their own (`pact/`). */
import { curlFormat } from './curl/curl.ts'
import type { ImportFormat } from './format.ts'
import { harFormat } from './har/har.ts'
import { openapiFormat } from './openapi/openapi.ts'
import { protoFormat } from './proto/proto.ts'
import { wiremockFormat } from './wiremock/wiremock.ts'

export const importFormats: readonly ImportFormat[] = [
  harFormat,
  curlFormat,
  openapiFormat,
  protoFormat,
  wiremockFormat,
]
