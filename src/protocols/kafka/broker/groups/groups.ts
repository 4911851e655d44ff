/** All groups, whose coordinator this broker is. */
import { BrokerError, errors } from '../error-codes.ts'
import type { Time } from '../time.ts'
import { ClassicGroup } from './classic-group.ts'
import { CommittedOffsets } from './committed-offsets.ts'

export interface Group {
  readonly id: string
  readonly classic: ClassicGroup
  readonly offsets: CommittedOffsets
}

export interface GroupsOptions {
  readonly time: Time
  /** 36 characters that nobody else has. */
  readonly newId: () => string
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
}

export class Groups {
  private readonly options: GroupsOptions
  private readonly groups = new Map<string, Group>()

  constructor(options: GroupsOptions) {
    this.options = options
  }

  get(id: string): Group | undefined {
    return this.groups.get(id)
  }

  /** Makes it, if need be. Throws BrokerError INVALID_GROUP_ID. */
  open(id: string): Group {
    if (id === '') throw new BrokerError(errors.invalidGroupId, 'The group id must not be empty.')
    const known = this.groups.get(id)
    if (known !== undefined) return known
    const { time, newId } = this.options
    const group: Group = {
      id,
      classic: new ClassicGroup(time, (clientId) => `${clientId}-${newId()}`),
      offsets: new CommittedOffsets(),
    }
    this.groups.set(id, group)
    return group
  }

  /** Throws BrokerError INVALID_SESSION_TIMEOUT. */
  checkSessionTimeout(ms: number): void {
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = this.options
    if (ms < minSessionTimeoutMs || ms > maxSessionTimeoutMs) {
      throw new BrokerError(
        errors.invalidSessionTimeout,
        `The session timeout must lie between ${minSessionTimeoutMs} and ${maxSessionTimeoutMs} ms.`,
      )
    }
  }

  all(): Group[] {
    return [...this.groups.values()]
  }

  /** Throws BrokerError GROUP_ID_NOT_FOUND or NON_EMPTY_GROUP. */
  delete(id: string): void {
    const group = this.groups.get(id)
    if (group === undefined) throw new BrokerError(errors.groupIdNotFound, `Group ${id} not found.`)
    if (!group.classic.empty) throw new BrokerError(errors.nonEmptyGroup, `Group ${id} is not empty.`)
    group.classic.close()
    group.classic.state = 'Dead'
    this.groups.delete(id)
  }

  /** Its committed offsets go with a topic. */
  topicDeleted(topic: string): void {
    for (const { offsets } of this.groups.values()) offsets.deleteTopic(topic)
  }

  close(): void {
    for (const { classic } of this.groups.values()) classic.close()
  }
}
