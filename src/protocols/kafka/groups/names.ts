/** What the names in one tenant's messages become: groups and transactions always, topics where they are private. */
import { type Lane, laneRoot, type NameKind } from '../../../core/lane.ts'
import type { KafkaSettings, TopicPolicy } from '../../../core/service-entry.ts'

/** Where no policy matches. */
const usual: TopicPolicy = {
  match: '*',
  lane: 'mirror',
  offline: 'hold',
  alsoUntagged: false,
  start: 'latest',
  tagFrom: undefined,
}

/** Of any tenant's private topics: a colon may not stand in a topic's name. */
const privateRoot = laneRoot.replace(':', '.')

const rememberedTopics = 10_000

export class Names {
  readonly lane: Lane
  readonly hasPrivate: boolean
  private readonly policies: readonly { readonly match: RegExp; readonly policy: TopicPolicy }[]
  private readonly known = new Map<string, TopicPolicy>()

  constructor(lane: Lane, { topics }: KafkaSettings) {
    this.lane = lane
    this.policies = topics.map((policy) => ({ match: glob(policy.match), policy }))
    this.hasPrivate = topics.some((policy) => policy.lane === 'private')
  }

  /** By the application's name of the topic. */
  policy(topic: string): TopicPolicy {
    const known = this.known.get(topic)
    if (known !== undefined) return known
    const policy = this.policies.find(({ match }) => match.test(topic))?.policy ?? usual
    // Clients choose the names.
    if (this.known.size >= rememberedTopics) this.known.clear()
    this.known.set(topic, policy)
    return policy
  }

  rename(kind: NameKind, name: string): string {
    if (name === '' || (kind === 'topic' && this.policy(name).lane !== 'private')) return name
    return Buffer.from(this.lane.rename(kind, Buffer.from(name))).toString()
  }

  /** undefined: it is not the tenant's. */
  restore(kind: NameKind, name: string): string | undefined {
    if (name === '') return name
    const own = this.lane.restore(kind, Buffer.from(name))
    const restored = own === undefined ? undefined : Buffer.from(own).toString()
    if (kind !== 'topic') return restored
    if (restored !== undefined && this.policy(restored).lane === 'private') return restored
    // The shared topic of this name, and what others have for themselves, are hidden.
    return name.startsWith(privateRoot) || this.policy(name).lane === 'private' ? undefined : name
  }
}

/** Whether it is a tenant's own, by the name that it has at the broker. */
export const isPrivateOf = (lane: Lane, topic: string): boolean =>
  !lane.baseline && lane.restore('topic', Buffer.from(topic)) !== undefined

/** `*` any characters, `?` one. */
export const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  )
