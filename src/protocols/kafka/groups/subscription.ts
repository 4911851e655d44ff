/** The topics in what a member of a classic group says of itself: ConsumerProtocolSubscription, which clients agree upon among themselves. */
import { bytesOf, type Message } from '../messages/index.ts'
import { MalformedMessage } from '../wire/malformed.ts'
import { Reader } from '../wire/reader.ts'

/** Of one of the protocols in JoinGroup. Every version begins alike; what isn't one has no topics. */
export const subscribedTopics = (protocol: Message): readonly string[] => {
  const reader = new Reader(bytesOf(protocol, 'metadata'), 0, "a member's subscription")
  try {
    reader.int16()
    const count = reader.count(false)
    const topics: string[] = []
    for (let i = 0; i < count; i++) {
      const topic = reader.string(false)
      if (topic !== null) topics.push(topic)
    }
    return topics
  } catch (error) {
    if (error instanceof MalformedMessage) return []
    throw error
  }
}
