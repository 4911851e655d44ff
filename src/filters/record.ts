/** Hands what really came from upstream to the recorder, beside the call. */
import type { Call } from '../core/call.ts'
import type { Filter, Service } from '../core/filter.ts'
import type { MessageFixture } from '../core/fixture.ts'
import type { WantedOperations } from '../core/operations.ts'
import type { Reply } from '../core/reply.ts'
import type { ServiceEntry } from '../core/service-entry.ts'
import { Capture } from '../record/capture.ts'
import type { Recorder } from '../record/recorder.ts'

/** `current`: undefined where nothing can be recorded; then no service has such a mode. */
export const recordFilter = (current: () => Recorder | undefined): Filter => ({
  name: 'record',
  wants: (service) => service.known && records(service),
  operations: (service) => (service.known && records(service) ? everything : undefined),
  handle: (call, next) => {
    const recorder = current()
    if (recorder === undefined || !isRecorded(call) || !recorder.wants(call)) return next(call)
    if (recorder.waits && recorder.full) return recorder.room().then(() => captured(recorder, call, next))
    return captured(recorder, call, next)
  },
})

/** Seen, not answered. */
const everything: WantedOperations = { all: true, named: new Set(), keyed: false }

const records = ({ mode, onMiss }: ServiceEntry): boolean =>
  mode === 'record' || (mode === 'mock' && onMiss === 'record')

/** A mock that asks the real service itself has answered the call. */
const isRecorded = ({ service, context }: Call): boolean =>
  service.known && records(service) && (service.mode === 'record' || context.mock === undefined)

const captured = (recorder: Recorder, call: Call, next: Service): Reply | Promise<Reply> => {
  const message = recorder.messages.get(call.protocol)?.(call)
  if (message !== undefined) return taken(recorder, message, call, next)
  const dialect = recorder.dialects.get(call.protocol)
  if (dialect === undefined) return next(call)
  const capture = new Capture(recorder, dialect, call)
  let reply: Reply | Promise<Reply>
  try {
    reply = next(capture.watched)
  } catch (error) {
    capture.fail()
    throw error
  }
  if (!(reply instanceof Promise)) return capture.watch(reply)
  return reply.then(
    (came) => capture.watch(came),
    (error: unknown) => {
      capture.fail()
      throw error
    },
  )
}

/** The broker has it already. */
const taken = async (
  recorder: Recorder,
  message: Promise<MessageFixture>,
  call: Call,
  next: Service,
): Promise<Reply> => {
  recorder.addMessage(call, await message)
  return next(call)
}
