/** Records held against the schemas of their topics. What breaks them was found when the call was made, since schemas may have to be fetched. */
import { breachesAtMost, type LiveContract } from '../../core/contract.ts'
import type { RecordCall } from './call.ts'

export const kafkaLive: LiveContract = {
  readsCall: () => false,
  readsReply: () => false,
  call: (call) => {
    // Of a connection nothing can be said.
    const { breaches = [], operation } = call as Partial<RecordCall>
    return breaches.slice(0, breachesAtMost).map(({ path, message, expected, actual }) => ({
      side: 'call',
      rule: 'value',
      operation: operation!,
      path: path === '' ? 'value' : `value${path.startsWith('[') ? '' : '.'}${path}`,
      message,
      ...(expected !== undefined && { expected }),
      ...(actual !== undefined && { actual }),
    }))
  },
  reply: () => [],
}
