/** What a mock sends goes out: in its order, each message after its delay, and in the trace of the record that caused it. */
import type { Clock } from '../../../core/clock.ts'
import type { RecordCall } from '../call.ts'
import type { ProducedRecord } from '../client/producer.ts'
import type { OutgoingHeader, OutgoingRecord } from '../mock/outcome.ts'

/** W3C Trace Context and Baggage, and B3: whoever consumes goes on with the trace of who produced. */
const traceHeaders: ReadonlySet<string> = new Set(['traceparent', 'tracestate', 'baggage', 'b3'])

export interface SendingTools {
  readonly clock: Clock
  now(): number
  /** Bytes of a value in its topic's format. Rejects with the reason. */
  encode(topic: string, value: OutgoingRecord['value']): Promise<Uint8Array | null>
  send(record: ProducedRecord): Promise<unknown>
}

/**
 * Resolves when all are there, or `signal` says that svc-mock ends. Rejects with the first failure. `handed`: all that waits for no
 * delay is on its way, and what follows from the next record may come behind it.
 */
export const sendAll = async (
  call: RecordCall,
  records: readonly OutgoingRecord[],
  tools: SendingTools,
  handed: () => void,
): Promise<void> => {
  const sent: Promise<unknown>[] = []
  for (const record of records) {
    if (record.delayMs > 0) {
      handed()
      await waited(record.delayMs, tools.clock, call.signal)
    }
    if (call.signal.aborted) return
    const value = await tools.encode(record.topic, record.value)
    const one = tools.send({
      topic: record.topic,
      partition: record.partition,
      timestamp: record.timestamp ?? tools.now(),
      key: record.key,
      value,
      headers: [...record.headers, ...traced(call, record.headers)],
    })
    // Told below, when it is its turn.
    one.catch(() => undefined)
    sent.push(one)
  }
  handed()
  await Promise.all(sent)
}

const traced = (call: RecordCall, own: readonly OutgoingHeader[]): readonly OutgoingHeader[] =>
  call.record.headers.filter(
    ({ name }) =>
      traceHeaders.has(name.toLowerCase()) &&
      !own.some((header) => header.name.toLowerCase() === name.toLowerCase()),
  )

const waited = (ms: number, clock: Clock, signal: AbortSignal): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const off = clock.after(ms, resolve)
  const left = (): void => {
    off()
    resolve()
  }
  signal.addEventListener('abort', left, { once: true })
  return promise.finally(() => signal.removeEventListener('abort', left))
}
