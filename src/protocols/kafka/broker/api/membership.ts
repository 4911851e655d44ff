/** JoinGroup, SyncGroup, Heartbeat and LeaveGroup: being a member of a classic group. */
import { bytesOf, int, list, type Message, text, textOrNull, texts } from '../../messages/index.ts'
import { BrokerError, type ErrorCode, errors } from '../error-codes.ts'
import type { JoinAnswer, SyncAnswer } from '../groups/member.ts'
import { type ApiHandler, codeOf, failureOf, untilGone } from './handler.ts'

export const joinGroup: ApiHandler = {
  key: 11,
  handle: async (request, { broker, version, clientId, clientHost, signal }) => {
    const sessionTimeoutMs = int(request, 'sessionTimeoutMs')
    const rebalanceTimeoutMs = int(request, 'rebalanceTimeoutMs')
    const memberId = text(request, 'memberId')
    try {
      broker.groups.checkSessionTimeout(sessionTimeoutMs)
      const groupId = text(request, 'groupId')
      // Whoever has a member id has it from a group that is there.
      const group =
        memberId !== '' && groupId !== '' ? broker.groups.get(groupId) : broker.groups.open(groupId)
      if (group === undefined) throw new BrokerError(errors.unknownMemberId, 'no group of that name')
      const { classic } = group
      const answer = await untilGone<JoinAnswer>(signal, (done) =>
        classic.join(
          {
            memberId,
            instanceId: textOrNull(request, 'groupInstanceId'),
            clientId,
            clientHost,
            protocolType: text(request, 'protocolType'),
            protocols: list(request, 'protocols').map((protocol) => ({
              name: text(protocol, 'name'),
              // The bytes are a view of the whole request.
              metadata: new Uint8Array(bytesOf(protocol, 'metadata')),
            })),
            sessionTimeoutMs,
            // Version 0 knew one time-out only.
            rebalanceTimeoutMs: rebalanceTimeoutMs === -1 ? sessionTimeoutMs : rebalanceTimeoutMs,
            idFirst: version >= 4,
            maySkip: version >= 9,
          },
          done,
        ),
      )
      if (answer === 'close') return answer
      return {
        ...answer,
        protocolName: answer.protocolName ?? (version >= 7 ? null : ''),
        members: answer.members.map((member) => ({ ...member })),
      }
    } catch (error) {
      return { ...failureOf(error), memberId, protocolName: version >= 7 ? null : '' }
    }
  },
}

export const syncGroup: ApiHandler = {
  key: 14,
  handle: async (request, { broker, signal }) => {
    const group = broker.groups.get(text(request, 'groupId'))
    if (group === undefined) return { errorCode: errors.unknownMemberId }
    const answer = await untilGone<SyncAnswer>(signal, (done) =>
      group.classic.sync(
        {
          memberId: text(request, 'memberId'),
          instanceId: textOrNull(request, 'groupInstanceId'),
          generationId: int(request, 'generationId'),
          protocolType: textOrNull(request, 'protocolType'),
          protocolName: textOrNull(request, 'protocolName'),
          assignments: list(request, 'assignments').map((each) => ({
            memberId: text(each, 'memberId'),
            assignment: new Uint8Array(bytesOf(each, 'assignment')),
          })),
        },
        done,
      ),
    )
    return answer === 'close' ? answer : { ...answer }
  },
}

export const heartbeat: ApiHandler = {
  key: 12,
  handle: (request, { broker }) => {
    const group = broker.groups.get(text(request, 'groupId'))
    if (group === undefined) return { errorCode: errors.unknownMemberId }
    return {
      errorCode: group.classic.heartbeat(
        text(request, 'memberId'),
        textOrNull(request, 'groupInstanceId'),
        int(request, 'generationId'),
      ),
    }
  },
}

export const leaveGroup: ApiHandler = {
  key: 13,
  handle: (request, { broker, version }) => {
    const groupId = text(request, 'groupId')
    if (groupId === '') return { errorCode: errors.invalidGroupId, members: [] }
    const group = broker.groups.get(groupId)
    const leave = (memberId: string, instanceId: string | null): ErrorCode =>
      group?.classic.leave(memberId, instanceId) ?? errors.unknownMemberId
    if (version < 3) return { errorCode: leave(text(request, 'memberId'), null) }
    const members = list(request, 'members').map((member): Message => {
      const memberId = text(member, 'memberId')
      const groupInstanceId = textOrNull(member, 'groupInstanceId')
      return { memberId, groupInstanceId, errorCode: leave(memberId, groupInstanceId) }
    })
    return { errorCode: errors.none, members }
  },
}

export const deleteGroups: ApiHandler = {
  key: 42,
  handle: (request, { broker }) => ({
    results: texts(request, 'groupsNames').map((groupId) => ({
      groupId,
      errorCode: codeOf(() => broker.groups.delete(groupId)),
    })),
  }),
}
