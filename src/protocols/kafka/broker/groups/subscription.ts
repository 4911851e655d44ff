/** What members of a group of consumers subscribe to (ConsumerProtocolSubscription: `int16 version, [] string topics, …`). */

import { MalformedMessage } from '../../wire/malformed.ts'
import { Reader } from '../../wire/reader.ts'
import type { ClassicGroup } from './classic-group.ts'

export const subscribedTopics = (group: ClassicGroup): Set<string> => {
  const topics = new Set<string>()
  for (const member of group.members.all()) {
    try {
      const reader = new Reader(member.metadata(group.protocolName), 0, 'the subscription of a member')
      reader.int16()
      for (let left = reader.count(false); left > 0; left--) {
        const topic = reader.string(false)
        if (topic !== null) topics.add(topic)
      }
    } catch (error) {
      // Members agree on their metadata among themselves; it is no affair of the broker's.
      if (!(error instanceof MalformedMessage)) throw error
    }
  }
  return topics
}
