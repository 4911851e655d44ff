/** A small client of Kafka: what mocks send goes out by it, and our own commands read by it. It knows a cluster by one `dial`. */
import type { Duplex } from 'node:stream'
import type { KafkaSettings } from '../../../core/service-entry.ts'
import { Asker } from '../groups/asker.ts'
import type { Message } from '../messages/index.ts'
import type { Address } from '../session/brokers.ts'
import * as key from '../session/keys.ts'
import { KafkaRefusal, type KnownTopic, type Leaders, passing, topicsIn } from './topics.ts'

export interface ClientFacts {
  /** undefined: any broker. */
  dial(broker: Address | undefined): Promise<Duplex>
  readonly sasl: KafkaSettings['sasl']
}

/** A broker that is electing or making a topic is asked so often, and then it has had some ten seconds. */
const mostTries = 50
const pauseMs = 200

export class KafkaClient {
  private readonly facts: ClientFacts
  /** By purpose and `host:port`; what waits for records must not keep others waiting. */
  private readonly askers = new Map<string, Promise<Asker>>()
  /** What one asker was asked last: it answers one question at a time. */
  private readonly turns = new WeakMap<Asker, Promise<unknown>>()
  private readonly known = new Map<string, Promise<Leaders>>()
  private closed = false
  private readonly pauses = new Set<() => void>()

  constructor(facts: ClientFacts) {
    this.facts = facts
  }

  /** Leaders of the topic's partitions; the topic is made where brokers make topics by themselves. Rejects with KafkaRefusal. */
  async leaders(topic: string, create = true): Promise<Leaders> {
    const known = this.known.get(topic)
    if (known !== undefined) return known
    const asked = this.askLeaders(topic, create)
    this.known.set(topic, asked)
    asked.catch(() => this.known.delete(topic))
    return asked
  }

  private askLeaders(topic: string, create: boolean): Promise<Leaders> {
    return this.retried(`the topic ${topic} cannot be found`, async () => {
      const [found] = await this.metadata([topic], create)
      const code = found?.code ?? 3
      if (code !== 0 || found!.leaders.size === 0)
        throw new KafkaRefusal(`the topic ${topic}`, code === 0 ? 5 : code)
      return found!.leaders
    })
  }

  /** undefined: all that there are. */
  async metadata(topics: readonly string[] | undefined, create = false): Promise<readonly KnownTopic[]> {
    const asked = { topics: topics?.map((name) => ({ name })) ?? null, allowAutoTopicCreation: create }
    // Later versions may leave the name of a topic out.
    return topicsIn(await this.ask(undefined, 'metadata', key.metadata, asked, 9))
  }

  /** Its leader is another one, or it is gone. */
  forget(topic: string): void {
    this.known.delete(topic)
  }

  /** At a partition's leader, or any broker. `purpose`: questions of one wait for each other. Rejects when the connection breaks. */
  async ask(
    broker: Address | undefined,
    purpose: string,
    apiKey: number,
    message: Message,
    mostVersion?: number,
  ): Promise<Message> {
    const asker = await this.at(broker, purpose)
    const before = this.turns.get(asker) ?? Promise.resolve()
    const answer = before.then(() => asker.ask(apiKey, message, mostVersion))
    this.turns.set(
      asker,
      answer.catch(() => undefined),
    )
    return answer
  }

  /** Again while what it throws may pass. */
  async retried<T>(what: string, work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work()
      } catch (error) {
        const again = !(error instanceof KafkaRefusal) || passing.has(error.code)
        if (!again || tries >= mostTries || this.closed)
          throw error instanceof KafkaRefusal ? error : new Error(`${what}: ${(error as Error).message}`)
        await this.pause(pauseMs)
      }
    }
  }

  close(): void {
    this.closed = true
    for (const wake of this.pauses) wake()
    for (const asker of this.askers.values()) asker.then((one) => one.close()).catch(() => undefined)
    this.askers.clear()
  }

  private pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    const wake = (): void => {
      clearTimeout(timer)
      resolve()
    }
    this.pauses.add(wake)
    return promise.finally(() => this.pauses.delete(wake))
  }

  private at(broker: Address | undefined, purpose: string): Promise<Asker> {
    if (this.closed) return Promise.reject(new Error('svc-mock is ending'))
    const name = `${purpose} ${broker === undefined ? '' : `${broker.host}:${broker.port}`}`
    const known = this.askers.get(name)
    if (known !== undefined) return known
    const opening = this.open(broker, () => this.askers.delete(name))
    this.askers.set(name, opening)
    opening.catch(() => this.askers.delete(name))
    return opening
  }

  private async open(broker: Address | undefined, gone: () => void): Promise<Asker> {
    const socket = await this.facts.dial(broker)
    socket.once('close', gone)
    const asker = new Asker(socket)
    try {
      await asker.open(this.facts.sasl, undefined)
      return asker
    } catch (error) {
      asker.close()
      throw error
    }
  }
}
