/** All formats to import but Pact, whose interactions have a way of their own (`pact/`). */
import { curlFormat } from './curl/curl.ts'
import type { ImportFormat } from './format.ts'
import { harFormat } from './har/har.ts'
import { hoverflyFormat } from './hoverfly/hoverfly.ts'
import { mockoonFormat } from './mockoon/mockoon.ts'
import { mockserverFormat } from './mockserver/mockserver.ts'
import { mountebankFormat } from './mountebank/mountebank.ts'
import { openapiFormat } from './openapi/openapi.ts'
import { postmanFormat } from './postman/postman.ts'
import { protoFormat } from './proto/proto.ts'
import { wiremockFormat } from './wiremock/wiremock.ts'

export const importFormats: readonly ImportFormat[] = [
  harFormat,
  curlFormat,
  openapiFormat,
  protoFormat,
  mountebankFormat,
  mockoonFormat,
  postmanFormat,
  hoverflyFormat,
  mockserverFormat,
  wiremockFormat,
]
