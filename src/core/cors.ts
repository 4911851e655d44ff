/** Mocked services answer browsers as a service with open CORS would (Fetch standard, CORS protocol). */
import type { Call } from './call.ts'
import { firstValue } from './metadata.ts'
import type { Reply } from './reply.ts'

const allows = (call: Call, origin: string): boolean => {
  const cors = call.service.cors
  return typeof cors === 'boolean' ? cors : cors.includes(origin)
}

/** The 204 for a preflight to a path that has mocks, but none for OPTIONS; undefined for anything else. */
export const preflight = (call: Call, methodsOfPath: () => ReadonlySet<string>): Reply | undefined => {
  if (call.method !== 'OPTIONS') return undefined
  const origin = firstValue(call.metadata, 'origin')
  const method = firstValue(call.metadata, 'access-control-request-method')
  if (origin === undefined || method === undefined || !allows(call, origin)) return undefined
  const methods = methodsOfPath()
  if (methods.size === 0 || methods.has('OPTIONS')) return undefined
  const metadata = [...allowOrigin(origin), 'access-control-allow-methods', method]
  const asked = firstValue(call.metadata, 'access-control-request-headers')
  if (asked !== undefined) metadata.push('access-control-allow-headers', asked)
  if (firstValue(call.metadata, 'access-control-request-private-network') === 'true') {
    metadata.push('access-control-allow-private-network', 'true')
  }
  return { kind: 'single', status: 204, metadata, body: undefined }
}

const allowOrigin = (origin: string): string[] => [
  'access-control-allow-origin',
  origin,
  'access-control-allow-credentials',
  'true',
  'vary',
  'origin',
]

/** A mocked reply, readable for the page that asked; untouched when the mock says itself what is allowed. */
export const allowPage = (call: Call, reply: Reply): Reply => {
  const origin = firstValue(call.metadata, 'origin')
  if (origin === undefined || (reply.kind !== 'single' && reply.kind !== 'stream')) return reply
  if (!allows(call, origin) || firstValue(reply.metadata, 'access-control-allow-origin') !== undefined)
    return reply
  const metadata = [...reply.metadata, ...allowOrigin(origin)]
  if (reply.kind === 'stream') return { ...reply, metadata }
  return { kind: 'single', status: reply.status, metadata, body: reply.body, wire: reply.wire }
}
