/** What came the same before says nothing new. */
import { hash } from 'node:crypto'
import { bytesOf, type Exchange, type RecordedMessage } from '../core/exchange.ts'

/** Headers that tell who asked; what is answered may hold them. */
const whoAsks = ['accept', 'authorization', 'content-type', 'cookie']

/** Digests of the last reply to each request, as both came; in memory only. */
export class LastReplies {
  private readonly replies = new Map<string, string>()

  /** Notes the reply. */
  repeats(
    exchange: Exchange,
    label: string | undefined,
    headers: readonly string[],
    ending: readonly string[] = [],
  ): boolean {
    const { protocol, service, version, operation, request, reply } = exchange
    const asked = digest([protocol, service, version, label, operation, request.target], request, [
      ...whoAsks,
      ...headers,
    ])
    const answered = digest([reply.status], reply, ['content-type', 'location', 'set-cookie', ...ending])
    const before = this.replies.get(asked)
    if (before === answered) return true
    if (before === undefined && this.replies.size >= 200_000) this.replies.clear()
    this.replies.set(asked, answered)
    return false
  }
}

const digest = (facts: readonly unknown[], message: RecordedMessage, names: readonly string[]): string => {
  const { headers, trailers = [], bodies } = message
  const counted = [headers, trailers].map((pairs) =>
    pairs.filter((_, i) => names.includes(pairs[i - (i % 2)]!.toLowerCase())),
  )
  const lengths = bodies.map((body) => (body.kind === 'bytes' ? body.bytes.length : 0))
  const head = hash('sha256', JSON.stringify([facts, counted, lengths]), 'base64')
  const bytes = bytesOf(message)
  return bytes.length === 0 ? head : head + hash('sha256', bytes, 'base64')
}
