/**
 * The program without sockets: an HTTP exchange as plain data goes the way of every call, and its reply comes back as plain data.
 * It imports nothing from `node:`, so it answers in a browser, too.
 */
import type { Call } from '../core/call.ts'
import { SvcMockError } from '../core/errors.ts'
import { firstValue, type Metadata } from '../core/metadata.ts'
import type { Entrance } from '../core/protocol.ts'
import type { Reply } from '../core/reply.ts'
import type { ServiceEntry } from '../core/service-entry.ts'
import { tenantNameHint, tenantNameProblem } from '../core/tenant-name.ts'
import type { ClientSide, HttpCall } from '../protocols/http/call.ts'
import { type Decode, knownBody, noBytes } from '../protocols/http/decode-body.ts'
import { Intake, type IntakeHost } from '../protocols/http/intake.ts'
import { formatHost, parseTarget } from '../protocols/http/target.ts'
import { answered, brokenWire, flat, pairsOf } from './answer.ts'
import type { AnswerOptions, EngineAnswer, EngineProblem, EngineRequest, Told } from './exchange.ts'
import { isBypass } from './leave.ts'

/** What lends it the way: engine/compose.ts, or the proxy itself. */
export type EngineHost = Omit<IntakeHost, 'connect' | 'notice' | 'proxyAuthorization'>

export class Engine {
  private readonly host: EngineHost
  private readonly intake: Intake
  private readonly decode: Decode

  /** `decode`: how bodies of calls are read, codings included. */
  constructor(host: EngineHost, decode: Decode) {
    this.host = host
    this.intake = new Intake(alone(host))
    this.decode = decode
  }

  /** The service that an address belongs to; undefined: no service names it. */
  serviceAt(url: string): ServiceEntry | undefined {
    const target = parseTarget(url)
    if (target?.authority === undefined) return undefined
    const { host, port } = target.authority
    const { service } = this.host.route({ kind: 'proxy', listen: '' }, host, port, target.path)
    return service.known ? service : undefined
  }

  /** Rejects only with the signal's reason. */
  async answer(request: EngineRequest, options: AnswerOptions = {}): Promise<EngineAnswer> {
    const { signal } = options
    signal?.throwIfAborted()
    const startedAt = performance.now()
    const client = this.clientOf(request, options)
    const body = knownBody(request.body ?? noBytes, client.rawHeaders, this.decode)
    let call: HttpCall
    try {
      call = this.intake.toCall(client, body)
    } catch (error) {
      const reply = this.intake.refused(error, client, startedAt)
      const told = { service: '', known: false, operation: '', mock: undefined, note: undefined }
      return { kind: 'reply', told, ...answered(reply, request.method, () => undefined) }
    }
    const { promise, resolve } = Promise.withResolvers<Reply>()
    this.intake.answer(call, resolve)
    const reply = await promise
    signal?.throwIfAborted()
    return this.answerOf(reply, call, startedAt)
  }

  private answerOf(reply: Reply, call: HttpCall, startedAt: number): EngineAnswer {
    const told = toldOf(call)
    const finished = (status: number): void => this.intake.finished(call, status, startedAt)
    if (isBypass(reply)) {
      finished(0)
      return { kind: 'bypass', told, headers: pairsOf(reply.metadata) }
    }
    if (reply.kind !== 'single' && reply.kind !== 'stream') {
      if (reply.kind === 'tunnel') reply.socket.destroy()
      finished(0)
      return { kind: 'fault', told, fault: brokenWire(reply) }
    }
    const whole = answered(reply, call.method, finished)
    if (call.context.outcome !== 'miss' || reply.kind !== 'single') return { kind: 'reply', told, ...whole }
    const problem = JSON.parse(new TextDecoder().decode(reply.body)) as EngineProblem
    return { kind: 'miss', told, problem, reply: whole }
  }

  private clientOf(request: EngineRequest, { tenant, signal }: AnswerOptions): ClientSide {
    const { method, url } = request
    const target = parseTarget(url)
    const rawHeaders = headersOf(request, target)
    const owner = tenant === undefined ? undefined : this.tenantNamed(tenant)
    const entrance: Entrance = {
      kind: 'tunnel',
      listen: '',
      ...(owner !== undefined && { tenant: owner }),
      ...(target?.authority !== undefined && {
        target: { scheme: target.scheme, ...target.authority, basePath: '' },
      }),
      ...(target?.scheme === 'https' && {
        tls: { servername: target.authority?.host.toLowerCase(), alpn: 'http/1.1' },
      }),
    }
    return {
      method,
      // In the form in which it comes through a tunnel; what is no address is refused with its own words.
      requestTarget: target?.authority === undefined ? url : target.path + target.search,
      rawHeaders,
      httpVersion: '1.1',
      entrance,
      get gone() {
        return signal?.aborted === true
      },
      onGone: (gone) => signal?.addEventListener('abort', gone, { once: true }),
    }
  }

  private tenantNamed(id: string) {
    const tenant = this.host.tenantNamed(id)
    if (tenant !== undefined) return tenant
    throw new SvcMockError('OPTION_INVALID', `tenant: ${tenantNameProblem(id) ?? `"${id}" is no name`}`, {
      hint: tenantNameHint,
    })
  }
}

/** Nobody opens tunnels through an engine, and nobody asks it for credentials: it is in the client's own process. */
const alone = (host: EngineHost): IntakeHost => ({
  get tenant() {
    return host.tenant
  },
  get handle() {
    return host.handle
  },
  tenantNamed: (id) => host.tenantNamed(id),
  nextId: () => host.nextId(),
  route: (entrance, name, port, path) => host.route(entrance, name, port, path),
  carried: (service) => host.carried(service),
  finished: (call: Call, status, startedAt, word) => host.finished(call, status, startedAt, word),
  refused: (call) => host.refused(call),
  notice: () => undefined,
  hopMark: host.hopMark,
  connect: (_entrance, request) =>
    request.refuse(new SvcMockError('BAD_CALL', 'CONNECT is for a proxy, and this is none')),
  proxyAuthorization: undefined,
})

const headersOf = (
  { headers, body, method }: EngineRequest,
  target: ReturnType<typeof parseTarget>,
): Metadata => {
  const given = flat(headers)
  const host =
    firstValue(given, 'host') === undefined && target?.authority !== undefined
      ? ['Host', formatHost(target.scheme, target.authority)]
      : []
  const framed =
    firstValue(given, 'content-length') !== undefined || firstValue(given, 'transfer-encoding') !== undefined
  const sent = body !== undefined && (body.length > 0 || !['GET', 'HEAD'].includes(method))
  return framed || !sent ? [...host, ...given] : [...host, ...given, 'Content-Length', String(body.length)]
}

const toldOf = ({ service, operation, context }: HttpCall): Told => ({
  service: service.name,
  known: service.known,
  operation,
  mock: context.mock === undefined ? undefined : { name: context.mock.name, where: context.mock.where },
  note: context.note,
})
