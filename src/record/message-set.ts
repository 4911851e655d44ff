/** The messages of a run as fixtures: one topic of one service, version and case is one file, in the order of its log. */
import { stringifyJson } from '../core/json.ts'
import { writeYaml } from '../yaml/write.ts'
import type { CleanExchange } from './desensitizer.ts'
import { folderName } from './file-names.ts'
import type { Added } from './fixture-set.ts'
import { messageParts } from './message-exchange.ts'
import type { MessagePlace } from './records.ts'

/** `svc-mock replay` reads a file as a whole. */
const fileBytesAtMost = 8 * 2 ** 20

export interface CleanMessage {
  readonly exchange: CleanExchange
  readonly message: MessagePlace
  readonly case: string | undefined
  /** Fields of which nothing is known. */
  readonly undecided: number
}

interface Placed {
  readonly place: MessagePlace
  readonly parts: ReturnType<typeof messageParts>
}

export class RecordedTopic {
  readonly service: string
  readonly topic: string
  readonly case: string | undefined
  /** Below the folder of fixtures, with `/`. */
  readonly path: string
  undecided = 0
  bytes = 0
  private readonly messages: Placed[] = []

  constructor({ exchange, message, case: label }: CleanMessage) {
    this.service = exchange.service
    this.topic = message.topic
    this.case = label
    const base = folderName(message.topic) + (label === undefined ? '' : `@${folderName(label)}`)
    this.path = `${folderName(this.service)}/${folderName(exchange.version ?? 'none')}/${base}.yaml`
  }

  get count(): number {
    return this.messages.length
  }

  add({ exchange, message, undecided }: CleanMessage): void {
    const parts = messageParts(exchange)
    this.messages.push({ place: message, parts })
    this.bytes += stringifyJson(parts).length + 60
    this.undecided += undecided
  }

  /** The file, without its first lines. */
  text(): string {
    const timed = inTime(this.messages)
    const first = timed[0]?.at ?? 0
    return writeYaml({
      recorded: { service: this.service },
      messages: timed.map(({ place, parts, at }) => ({
        topic: this.topic,
        at: `${Math.round(at - first)}ms`,
        partition: place.partition,
        ...parts,
      })),
    })
  }
}

/** By time; those of one partition by offset, however its producers' clocks went. */
const inTime = (messages: readonly Placed[]): readonly (Placed & { readonly at: number })[] => {
  const latest = new Map<string, number>()
  return messages
    .toSorted((a, b) => compared(a.place.offset, b.place.offset))
    .map((one) => {
      const { log, partition, offset, timestamp } = one.place
      const line = `${partition}/${log}`
      // What has no offset stands where its time says.
      const at = offset === undefined ? timestamp : Math.max(timestamp, latest.get(line) ?? timestamp)
      if (offset !== undefined) latest.set(line, at)
      return { ...one, at }
    })
    .sort((a, b) => a.at - b.at)
}

const compared = (a = -1n, b = -1n): number => (a < b ? -1 : a > b ? 1 : 0)

export class MessageSet {
  /** By path. */
  readonly topics = new Map<string, RecordedTopic>()
  readonly dirty = new Set<RecordedTopic>()

  add(message: CleanMessage): Added {
    const fresh = new RecordedTopic(message)
    const topic = this.topics.get(fresh.path) ?? fresh
    if (topic.bytes > fileBytesAtMost) return { skipped: `a file of ${fileBytesAtMost / 2 ** 20} MB is full` }
    topic.add(message)
    this.topics.set(topic.path, topic)
    this.dirty.add(topic)
    return 'request'
  }
}

const remembered = 500_000

/** One message is seen when it is produced and whenever it is fetched. Of very many the oldest are forgotten. */
export class SeenMessages {
  private readonly seen = new Set<string>()

  /** Notes it. */
  repeats(service: string, { log, partition, offset }: MessagePlace): boolean {
    if (offset === undefined) return false
    const name = `${service}\n${partition}/${offset}/${log}`
    if (this.seen.has(name)) return true
    this.seen.add(name)
    if (this.seen.size <= remembered) return false
    const [oldest] = this.seen
    this.seen.delete(oldest!)
    return false
  }
}
