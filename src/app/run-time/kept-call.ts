/** A call that was kept, or that somebody only describes, as a call that mocks can be asked about. */
import type { Call, Tenant } from '../../core/call.ts'
import type { Authority, ServiceEntry } from '../../core/service-entry.ts'
import { imaginedCall } from '../../protocols/http/imagined-call.ts'
import type { JournalEntry } from './journal.ts'

/** What of a call conditions can look at. */
export type AskedCall = Pick<JournalEntry, 'method' | 'path' | 'search' | 'headers' | 'body'>

/** Headers that say how the bytes were packed, which the kept ones are no more. */
const packing: ReadonlySet<string> = new Set(['content-encoding', 'transfer-encoding', 'content-length'])

export const keptCall = (asked: AskedCall, service: ServiceEntry, tenant: Tenant): Call => {
  const headers: string[] = []
  for (let i = 0; i < asked.headers.length; i += 2) {
    const name = asked.headers[i]!
    if (!packing.has(name.toLowerCase())) headers.push(name, asked.headers[i + 1]!)
  }
  const target: Authority = { scheme: 'http', host: service.name, port: 80, basePath: '' }
  return imaginedCall({ ...asked, headers }, { service, target, basePath: '' }, tenant)
}
