/**
 * Kafka Streams names its internal topics after the application, which is the group. With only the group renamed, tenant and
 * baseline would write to the same changelogs, so it is refused unless those topics are private.
 */
import { list, text } from '../messages/index.ts'
import * as key from '../session/keys.ts'
import type { Treatment } from '../session/treatment.ts'
import type { Names } from './names.ts'

/** Kafka's INCONSISTENT_GROUP_PROTOCOL, which clients don't try again. */
const inconsistentGroupProtocol = 23

export const refusingStreams = (
  names: Names,
  notice: (kind: string, text: string) => void,
): readonly [number, Treatment] => [
  key.joinGroup,
  {
    request: (message) => {
      if (!list(message, 'protocols').some((protocol) => text(protocol, 'name') === 'stream'))
        return undefined
      const group = text(message, 'groupId')
      if (names.policy(`${group}-store-changelog`).lane === 'private') return undefined
      notice(
        `streams ${group}`,
        `the Kafka Streams application ${group} is refused, because its internal topics would be shared with the baseline's; give the tenant its own: topics: { '${group}-*': { lane: private } }`,
      )
      return {
        throttleTimeMs: 0,
        errorCode: inconsistentGroupProtocol,
        generationId: -1,
        protocolType: null,
        protocolName: '',
        leader: '',
        skipAssignment: false,
        memberId: text(message, 'memberId'),
        members: [],
      }
    },
  },
]
