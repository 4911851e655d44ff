/** ListGroups and DescribeGroups. */
import { flag, type Message, texts } from '../../messages/index.ts'
import { errors } from '../error-codes.ts'
import type { Group } from '../groups/groups.ts'
import { noBytes } from '../groups/member.ts'
import type { ApiHandler } from './handler.ts'
import { operationsOf } from './operations.ts'

const groupType = 'classic'

export const listGroups: ApiHandler = {
  key: 16,
  handle: (request, { broker }) => {
    const among = (filter: readonly string[], value: string): boolean =>
      filter.length === 0 || filter.some((wanted) => wanted.toLowerCase() === value.toLowerCase())
    return {
      groups: broker.groups
        .all()
        .filter(
          ({ classic }) =>
            among(texts(request, 'statesFilter'), classic.state) &&
            among(texts(request, 'typesFilter'), groupType),
        )
        .map(({ id, classic }) => ({
          groupId: id,
          protocolType: classic.protocolType ?? '',
          groupState: classic.state,
          groupType,
        })),
    }
  },
}

export const describeGroups: ApiHandler = {
  key: 15,
  handle: (request, { broker, version }) => {
    const operations = flag(request, 'includeAuthorizedOperations')
      ? { authorizedOperations: operationsOf.group }
      : {}
    return {
      groups: texts(request, 'groups').map((groupId) => {
        const group = broker.groups.get(groupId)
        return {
          groupId,
          ...(group === undefined ? absent(groupId, version) : describe(group)),
          ...operations,
        }
      }),
    }
  },
}

/** Until version 5 a group that nobody knows was one without members. */
const absent = (groupId: string, version: number): Message => ({
  ...(version >= 6
    ? { errorCode: errors.groupIdNotFound, errorMessage: `Group ${groupId} not found.` }
    : { errorCode: errors.none }),
  groupState: 'Dead',
  members: [],
})

const describe = ({ classic }: Group): Message => {
  const stable = classic.state === 'Stable'
  return {
    errorCode: errors.none,
    groupState: classic.state,
    protocolType: classic.protocolType ?? '',
    protocolData: stable ? (classic.protocolName ?? '') : '',
    members: classic.members.all().map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: stable ? member.metadata(classic.protocolName) : noBytes,
      memberAssignment: stable ? member.assignment : noBytes,
    })),
  }
}
