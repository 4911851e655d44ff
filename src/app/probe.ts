/** A tagged call, followed on its way through a running proxy: where is its tag lost? */
import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { findRunning } from '../control/find-running.ts'
import { SvcMockError } from '../core/errors.ts'
import { baselineId } from '../core/tenant-name.ts'
import type { Hop } from './running.ts'
import type { TenantTarget } from './tenant-commands.ts'
import { checkTenant } from './tenants.ts'

export interface ProbeWish extends TenantTarget {
  readonly url: string
  /** Whose call it is; the baseline's: one made up for the occasion. */
  readonly tenant: string
  /** Where the tag travels. */
  readonly header: string
}

export interface ProbeResult {
  readonly url: string
  readonly tenant: string
  /** Of the probe's own reply. */
  readonly status: number
  /** In the order in which they came; the first is the probe's own call. */
  readonly hops: readonly Hop[]
  /** Calls that came without the tag. */
  readonly lost: readonly Hop[]
}

const patienceMs = 30_000

/** Throws FLAG_INVALID, NOT_RUNNING, or UPSTREAM_UNREACHABLE when svc-mock itself does not answer the call. */
export const probe = async (wish: ProbeWish): Promise<ProbeResult> => {
  const url = URL.parse(wish.url)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new SvcMockError('FLAG_INVALID', `${wish.url} is no address to call`, {
      hint: 'write http://host/path, as the client of the first service would call it',
    })
  const id = randomBytes(16).toString('hex')
  const tenant = wish.tenant === baselineId ? `probe-${id.slice(0, 8)}` : wish.tenant
  checkTenant(tenant)
  const client = await findRunning(wish.root, wish.pid)
  await client.followTrace(id)
  const status = await call(client.file.listen, url, {
    [wish.header]: wish.header === 'baggage' ? `svcm-tenant=${tenant}` : tenant,
    traceparent: `00-${id}-${randomBytes(8).toString('hex')}-01`,
    'x-request-id': id,
  })
  const hops = await client.takeHops(id)
  return { url: url.href, tenant, status, hops, lost: hops.filter(({ tagged }) => !tagged) }
}

/** Through the proxy, in absolute form. Resolves with the status when the reply is whole. */
const call = (listen: string, url: URL, headers: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(`http://${listen}`)
    const options = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port,
      path: url.href,
      headers: { host: url.host, ...headers },
      agent: false,
      timeout: patienceMs,
    }
    const sent = request(options, (reply) => {
      reply.resume()
      reply.on('end', () => resolve(reply.statusCode ?? 0))
      reply.on('error', fail)
    })
    const fail = (cause: Error): void => {
      const what = `${url.href} was not answered: ${cause.message}`
      reject(new SvcMockError('UPSTREAM_UNREACHABLE', what, { cause }))
    }
    sent.on('timeout', () => sent.destroy(new Error(`nothing came within ${patienceMs / 1000} s`)))
    sent.on('error', fail)
    sent.end()
  })
