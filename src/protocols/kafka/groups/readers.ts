/**
 * For which groups a connection reads, which Fetch does not say: learned from whoever joins one or says that it lives, by connection and by client id.
 * Of members that joined before svc-mock was there (it was started again) the cluster knows.
 */
import type { Clock } from '../../../core/clock.ts'
import { text } from '../messages/index.ts'
import * as key from '../session/keys.ts'
import type { Exchange, Treatment } from '../session/treatment.ts'

export interface ReaderFacts {
  /** Groups of the baseline's with a member of that client id, as the cluster says. */
  groupsWith(clientId: string, exchange: Exchange): Promise<readonly string[]>
  readonly clock: Clock
  /** Milliseconds, from whenever. */
  now(): number
}

const rememberedClients = 10_000

/**
 * How long nobody believes that a connection reads without a group. A member that the group has lost (it was silent for too long) is in none for the
 * cluster, and goes on fetching until its next heartbeat, which clients send every three seconds if nobody has set that otherwise.
 */
const patienceMs = 4_000
/** Between two looks. The client waits so long, and then asks again. */
const againMs = 100

export class Readers {
  private readonly facts: ReaderFacts
  private readonly byConnection = new WeakMap<object, Set<string>>()
  private readonly byClient = new Map<string, Set<string>>()
  /** By connection, since when it has been looked for. */
  private readonly looking = new WeakMap<object, number>()
  /** Connections that read without a group. */
  private readonly alone = new WeakSet<object>()
  /** One look for all partitions of a response. */
  private readonly looks = new WeakMap<Exchange, Promise<boolean>>()

  constructor(facts: ReaderFacts) {
    this.facts = facts
  }

  treatments(): readonly (readonly [number, Treatment])[] {
    const learning: Treatment = {
      request: (message, exchange) => {
        this.learn(text(message, 'groupId'), exchange)
        return undefined
      },
    }
    return [key.joinGroup, key.syncGroup, key.heartbeat, key.consumerGroupHeartbeat].map(
      (api) => [api, learning] as const,
    )
  }

  groupsOf({ connection, clientId }: Exchange): readonly string[] {
    const groups = this.byConnection.get(connection) ?? this.byClient.get(clientId ?? '')
    return [...(groups ?? [])]
  }

  /** Whether `groupsOf` says all that there is; false: it must be looked again, at the next fetch. Rejects when the cluster cannot be asked. */
  known(exchange: Exchange): boolean | Promise<boolean> {
    const { connection, clientId } = exchange
    if (this.groupsOf(exchange).length > 0 || this.alone.has(connection)) return true
    if (clientId === null || clientId === '') return true
    let look = this.looks.get(exchange)
    if (look === undefined) {
      look = this.look(exchange, clientId)
      this.looks.set(exchange, look)
    }
    return look
  }

  private learn(group: string, { connection, clientId }: Exchange): void {
    const add = (known: Set<string> | undefined): Set<string> => (known ?? new Set()).add(group)
    this.byConnection.set(connection, add(this.byConnection.get(connection)))
    if (clientId === null || clientId === '') return
    if (this.byClient.size >= rememberedClients) this.byClient.clear()
    this.byClient.set(clientId, add(this.byClient.get(clientId)))
  }

  private async look(exchange: Exchange, clientId: string): Promise<boolean> {
    const { facts, looking, alone } = this
    const { connection } = exchange
    const since = looking.get(connection) ?? facts.now()
    looking.set(connection, since)
    const found = await facts.groupsWith(clientId, exchange)
    // It may have said so itself meanwhile.
    if (this.groupsOf(exchange).length > 0) return true
    if (found.length > 0) {
      this.byClient.set(clientId, new Set(found))
      return true
    }
    if (facts.now() - since >= patienceMs) {
      alone.add(connection)
      return true
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    facts.clock.after(againMs, resolve)
    await promise
    return this.groupsOf(exchange).length > 0
  }
}
