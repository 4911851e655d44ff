/** Makes one call of an example, as the proxy would after its socket, and says what became of it. */
import type { Call, Tenant } from '../../core/call.ts'
import type { Dialect } from '../../core/dialect.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Fault } from '../../core/fault.ts'
import type { Service } from '../../core/filter.ts'
import { firstValue } from '../../core/metadata.ts'
import type { FaultReply, Reply, SingleReply, StreamReply } from '../../core/reply.ts'
import { mockFilter } from '../../filters/mock.ts'
import type { ExampleFault } from '../../mock/example-schema.ts'
import type { Example, Step } from '../../mock/examples.ts'
import type { MockIndex } from '../../mock/mock-index.ts'
import type { ExampleServices } from './services.ts'
import { stillClock } from './still-clock.ts'

export interface ExampleTools {
  readonly index: MockIndex
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly services: ExampleServices
  /** Forgets what scripts keep, and begins their chance again. */
  begin(): void
  /** Says what time it is. */
  setNow(ms: number): void
}

export interface Outcome {
  readonly call: Call
  /** undefined: the wire broke, or there was an error. */
  readonly reply: SingleReply | undefined
  readonly fault: ExampleFault | undefined
  readonly error: SvcMockError | undefined
  /** How long the answer was held back. */
  readonly delayMs: number
  /** The real service was asked, … */
  readonly asked: boolean
  /** … and the example does not say what it answers. */
  readonly unanswered: boolean
}

export const callOf = (example: Example, step: Step, tenant: Tenant, services: ExampleServices): Call =>
  step.call.make({
    tenant,
    version: step.version,
    home: services.home(example.file.service, example.file.protocol),
    route: services.route,
  })

export const makeCall = async (step: Step, call: Call, tools: ExampleTools): Promise<Outcome> => {
  tools.setNow(step.now)
  const clock = stillClock()
  const upstream = new WrittenUpstream(step, call, tools.dialects.get(call.protocol))
  const filter = mockFilter(tools.index, tools.dialects, {
    clock,
    chance: () => 0,
    fate: (fault) => fateOf(fault, step),
  })
  const nothing = { call, reply: undefined, fault: undefined, error: undefined }
  try {
    const reply = await filter.handle(call, upstream.answer)
    const delayMs = clock.elapsedMs + call.context.sleptMs
    return { ...nothing, delayMs, ...(await received(reply)), ...upstream.told }
  } catch (error) {
    const told = { ...nothing, delayMs: clock.elapsedMs + call.context.sleptMs, ...upstream.told }
    if (error instanceof Unanswered) return told
    if (error instanceof SvcMockError) return { ...told, error }
    throw error
  }
}

/** Jitter is left out, and a rate hits exactly where the example expects a fault. */
const fateOf = ({ rate, delayMs }: Fault, { expect }: Step) => ({
  hit: rate === 1 || (rate > 0 && expect.fault !== undefined),
  delayMs,
})

/** Thrown through the mock that asks; not an error of the table, so that `onUpstreamError` does not take it. */
class Unanswered extends Error {}

/** What the example says in place of the real service. */
class WrittenUpstream {
  private readonly step: Step
  private readonly call: Call
  private readonly dialect: Dialect | undefined
  private asked = false

  constructor(step: Step, call: Call, dialect: Dialect | undefined) {
    this.step = step
    this.call = call
    this.dialect = dialect
  }

  get told(): { readonly asked: boolean; readonly unanswered: boolean } {
    return { asked: this.asked, unanswered: this.asked && this.step.upstream === undefined }
  }

  readonly answer: Service = () => {
    this.asked = true
    const { upstream } = this.step
    if (upstream === undefined) throw new Unanswered()
    const { call, dialect } = this
    if (upstream !== 'unreachable') return dialect?.example?.real?.(call, upstream) ?? upstream
    throw new SvcMockError(
      'UPSTREAM_UNREACHABLE',
      `${call.operation}: the example says upstream: unreachable`,
    )
  }
}

const received = async (reply: Reply): Promise<Pick<Outcome, 'reply' | 'fault'>> => {
  if (reply.kind === 'fault') return { reply: undefined, fault: broken[reply.fault] }
  if (reply.kind === 'none' || reply.kind === 'tunnel') return { reply: undefined, fault: undefined }
  const fault = firstValue(reply.metadata, 'x-svc-mock-fault') === 'status' ? 'status' : undefined
  if (reply.kind === 'single') return { reply, fault }
  const whole = await collected(reply)
  if (whole === undefined) return { reply: undefined, fault: 'close' }
  const { status, metadata } = reply
  return { reply: { kind: 'single', status, metadata, ...whole }, fault }
}

/** As mock files call what the client sees. */
const broken: Readonly<Record<FaultReply['fault'], ExampleFault>> = {
  reset: 'reset',
  close: 'empty',
  stall: 'timeout',
  malformed: 'malformed',
  error: 'error',
}

/** undefined when it breaks off. */
const collected = ({ source }: StreamReply): Promise<Pick<SingleReply, 'body' | 'trailers'> | undefined> =>
  new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    source.pipe({
      message: (bytes) => {
        chunks.push(bytes)
        return true
      },
      end: (trailers) =>
        resolve({ body: Buffer.concat(chunks), ...(trailers !== undefined && { trailers }) }),
      fail: () => resolve(undefined),
    })
  })
