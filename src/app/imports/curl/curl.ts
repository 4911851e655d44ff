/** A pasted curl command line: the call is made once, through a proxy of its own that records it. */
import { request } from 'node:http'
import type { Config } from '../../../config/config.ts'
import { SvcMockError } from '../../../core/errors.ts'
import { Services } from '../../../proxy/services.ts'
import type { RecordWishes } from '../../record/open-recorder.ts'
import { recordConfig } from '../../record/record.ts'
import type { Running } from '../../running.ts'
import { startProxy } from '../../start.ts'
import type { ExchangeFormat, RecordedSource } from '../format.ts'
import { namedService } from '../named-service.ts'
import { type CurlCall, parseCurl } from './curl-line.ts'

/** Throws IMPORT_INVALID, UPSTREAM_UNREACHABLE, or what recording throws. */
const importCurl = async (
  line: string,
  config: Config,
  wishes: RecordWishes & { readonly service: string | undefined },
  notice: (text: string) => void,
): Promise<RecordedSource> => {
  const call = parseCurl(line)
  const { hostname, port, protocol, pathname } = call.url
  const host = hostname.replace(/^\[|\]$/g, '')
  const services = new Services(config, new Map())
  const found = services.find(host, Number(port || (protocol === 'https:' ? 443 : 80)), pathname)?.service
  const named = namedService(services, wishes.service)
  if (found !== undefined && named !== undefined && found.name !== named.name)
    throw new SvcMockError('IMPORT_INVALID', `${host} belongs to ${found.name} and not to ${named.name}`, {
      hint: `leave out --service, or say --service ${found.name}`,
    })
  const service = found ?? named
  if (service === undefined)
    throw new SvcMockError('IMPORT_INVALID', `no service in svc-mock.yaml names ${host}`, {
      hint: `add it: services: { <name>: { hosts: ['${host}'] } }`,
    })
  const recorded = recordConfig({ ...config, listen: { host: '127.0.0.1', port: 0 } }, wishes)
  const own = {
    ...recorded,
    services: recorded.services.map((one) => ({
      ...one,
      listen: undefined,
      // Said by --service: for this call the host is the service's.
      ...(found === undefined && one.name === service.name && { hosts: [...one.hosts, host] }),
    })),
  }
  const running = await startProxy({ config: own, watch: false, record: wishes })
  running.on('notice', notice)
  let status: number
  try {
    status = await send(call, running, config)
  } finally {
    await running.close()
  }
  const { result } = running.recording() ?? {}
  if (result === undefined) throw new SvcMockError('INVARIANT_BROKEN', 'the call was not recorded')
  return { ...result, status }
}

export const curlFormat: ExchangeFormat = {
  kind: 'exchanges',
  name: 'curl',
  summary: 'a fixture of one call, which is made now',
  record: importCurl,
}

const send = (call: CurlCall, running: Running, config: Config): Promise<number> =>
  new Promise((resolve, reject) => {
    const [host, port] = running.listen.split(':')
    const { proxyCredentials: own } = config
    const credentials =
      own === undefined
        ? []
        : ['proxy-authorization', `Basic ${Buffer.from(`${own.user}:${own.password}`).toString('base64')}`]
    const length = call.body === undefined ? [] : ['content-length', String(call.body.length)]
    const out = request(
      {
        host,
        port,
        method: call.method,
        path: call.url.href,
        headers: ['host', call.url.host, ...withoutFraming(call.headers), ...length, ...credentials],
      },
      (reply) => {
        reply.resume()
        const code = reply.headers['x-svc-mock-error']
        reply.on('error', () => undefined)
        reply.on('close', () =>
          code === undefined
            ? resolve(reply.statusCode ?? 0)
            : reject(new SvcMockError('UPSTREAM_UNREACHABLE', `the call failed: ${String(code)}`)),
        )
      },
    )
    out.on('error', (error) =>
      reject(new SvcMockError('UPSTREAM_UNREACHABLE', `the call failed: ${error.message}`)),
    )
    out.end(call.body)
  })

/** They are ours to say. */
const withoutFraming = (headers: readonly string[]): string[] =>
  headers.filter(
    (_, i) => !/^(?:host|content-length|transfer-encoding|connection)$/i.test(headers[i - (i % 2)]!),
  )
