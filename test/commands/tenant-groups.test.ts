/** What tenants have in Kafka, shown and removed by command: in front of a real cluster, where one can be had, and of the embedded broker. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { listenBroker } from '../support/embedded-broker.ts'
import { type KafkaBroker, kafkaJars, startKafka, startMs } from '../support/kafka.ts'
import { commitAt, kafkaJs, newTopic, producer, reading } from '../support/kafka-clients.ts'
import { proxy, type TestProxy } from '../support/proxy.ts'
import { Program, runProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

interface Listed {
  readonly kafka: {
    readonly groups: readonly {
      readonly tenant: string
      readonly group: string
      readonly state: string
      readonly lag?: number
      readonly claims: readonly object[]
      readonly unread: readonly object[]
    }[]
    readonly topics: readonly object[]
    readonly unasked: readonly { readonly services: readonly string[]; readonly why: string }[]
  }
}

const topics = "topics: { 'orders.*': { lane: guarded }, 'jobs.*': { lane: private } }"

const suite = (port: () => number): void => {
  const services = () => ({
    yaml: `services:
  base: { protocol: kafka, listen: 127.0.0.1:0, upstream: 127.0.0.1:${port()}, ${topics} }
  alice: { protocol: kafka, tenant: alice, listen: 127.0.0.1:0, upstream: 127.0.0.1:${port()}, ${topics} }
`,
  })

  const place = async () => {
    const { yaml } = services()
    const started: TestProxy = await proxy({ 'svc-mock.yaml': yaml })
    const cwd = makeFolder({ 'svc-mock.yaml': yaml })
    const run = (...args: string[]) => runProgram(['tenant', ...args], { cwd })
    const json = async <T>(...args: string[]): Promise<T> =>
      JSON.parse((await run(...args, '--json')).stdout) as T
    const running = async (): Promise<void> => {
      const program = new Program(['start', '--port', '0', '--json'], { cwd })
      await program.line<{ readonly type: string }>(({ type }) => type === 'ready')
      onTestFinished(async () => void (await program.stop('SIGKILL')))
    }
    return { base: started.ownPort('base'), alice: started.ownPort('alice'), run, json, running }
  }

  const groupsNow = async (): Promise<string[]> => {
    const admin = kafkaJs(port()).admin()
    await admin.connect()
    const { groups } = await admin.listGroups()
    await admin.disconnect()
    return groups.map(({ groupId }) => groupId)
  }

  it('shows groups, lag, claims, and what was kept for a tenant that has not read it', async () => {
    const { base, alice, run, json, running } = await place()
    const topic = await newTopic(port())
    const everybody = await reading(kafkaJs(base, { clientId: `list-${topic}` }), topic, `list-${topic}`, {
      autoCommitInterval: 50,
    })
    const send = async (from: number, ...values: string[]): Promise<void> => {
      const sender = await producer(kafkaJs(from))
      await sender.send({ topic, messages: values.map((value) => ({ value })) })
    }
    await send(base, '0', '1')
    await everybody.until(2)
    const hers = await reading(kafkaJs(alice), topic, `list-${topic}`, { autoCommitInterval: 50 })
    await running()
    const mine = async () => {
      const { kafka } = await json<Listed>('list')
      return kafka.groups.find(({ group }) => group === `list-${topic}`)!
    }
    expect(await mine()).toMatchObject({
      tenant: 'alice',
      state: 'Stable',
      lag: 0,
      claims: [{ topic, partition: 0, from: 2 }],
      unread: [],
    })
    await send(alice, 'hers')
    await hers.until(1)
    await hers.consumer.disconnect()
    await send(alice, 'kept 1', 'kept 2')
    await send(base, '2')
    expect(await everybody.until(3)).toEqual(['0', '1', '2'])
    await everybody.consumer.disconnect()
    const from = 3
    expect(await mine()).toMatchObject({
      state: 'Empty',
      lag: 3,
      unread: [{ topic, partition: 0, from, to: 6, held: true }],
    })
    expect((await run('list')).stdout).toContain(
      `${topic} 0, offsets 3 to 5: records of alice's among them were kept from the baseline and wait for alice's group list-${topic}`,
    )
    // Without its claim the baseline would get what comes, and who comes back begins behind what was kept.
    const admin = kafkaJs(port()).admin()
    await admin.connect()
    await admin.deleteGroups([`list-${topic}.svcm-alice.claim`])
    await admin.disconnect()
    expect(await mine()).toMatchObject({
      claims: [],
      unread: [{ topic, partition: 0, from, to: 6, held: false }],
    })
    expect((await run('list')).stdout).toContain(
      `nobody gets them, since the claim of alice's group list-${topic} is over`,
    )
  })

  it('removes groups and claims, private topics only when asked for, and nothing of others', async () => {
    const { alice, run, json } = await place()
    const topic = await newTopic(port())
    const name = `clean-${topic}`
    const read = await reading(kafkaJs(alice), topic, name)
    await commitAt(port(), name, topic, 0n)
    await commitAt(port(), `${name}.svcm-bob`, topic, 0n)
    await commitAt(port(), `${name}.svcm-alice.b`, topic, 0n)
    const admin = kafkaJs(alice).admin()
    await admin.connect()
    const job = `jobs.${topic}`
    await admin.createTopics({ topics: [{ topic: job }] })
    await admin.disconnect()
    const mine = (names: readonly string[]) => names.filter((one) => one.startsWith(name)).sort()
    const before = mine(await groupsNow())
    expect(before).toEqual(
      [
        name,
        `${name}.svcm-alice`,
        `${name}.svcm-alice.b`,
        `${name}.svcm-alice.claim`,
        `${name}.svcm-bob`,
      ].sort(),
    )
    for (const flag of ['--yes', '--dry-run']) {
      const refused = await run('clean', 'alice', flag)
      expect(refused.code).not.toBe(0)
      expect(refused.stderr).toContain(`${name} (test at 127.0.0.1)`)
      expect(refused.stderr).toContain('TENANT_GROUPS_LIVE')
    }
    expect(mine(await groupsNow())).toEqual(before)
    await read.consumer.disconnect()

    const foretold = await run('clean', 'alice', '--dry-run')
    expect(foretold.stdout).toMatch(/^alice has \d+ groups? \(.*\), \d+ claims? \(.*\) in base, alice \(127/)
    expect(foretold.stdout).toContain(`${job}) would stay: --topics`)
    expect((await run('clean', 'alice')).stderr).toContain('nobody is here to ask')
    expect(mine(await groupsNow())).toEqual(before)

    const cleaned = await json<{ kafka: { groups: string[]; claims: string[]; topics: string[] }[] }>(
      'clean',
      'alice',
      '--yes',
    )
    expect(cleaned.kafka[0]!.groups).toContain(name)
    expect(cleaned.kafka[0]!.claims).toContain(name)
    expect(cleaned.kafka[0]!.topics).toEqual([])
    expect(mine(await groupsNow())).toEqual([name, `${name}.svcm-alice.b`, `${name}.svcm-bob`])
    const all = kafkaJs(port()).admin()
    await all.connect()
    expect(await all.listTopics()).toContain(`svcm.alice.${job}`)
    expect((await run('clean', 'alice', '--service', 'alice', '--topics', '--yes')).stdout).toMatch(
      new RegExp(`^removed 0 groups, 0 claims, .*${job}.* of alice from alice `),
    )
    const left = await all.listTopics()
    expect(left).not.toContain(`svcm.alice.${job}`)
    expect(left).toContain(topic)
    await all.disconnect()
  })
}

const jars = kafkaJars()
describe.skipIf(jars === undefined)('tenants on a real Kafka', { timeout: 60_000 }, () => {
  let broker: KafkaBroker
  beforeAll(async () => {
    broker = await startKafka(jars!)
  }, startMs)
  afterAll(() => broker.stop())
  suite(() => broker.port)
})

describe('tenants on the embedded broker', { timeout: 60_000 }, () => {
  let broker: Awaited<ReturnType<typeof listenBroker>>
  beforeAll(async () => {
    broker = await listenBroker()
  })
  afterAll(() => broker.stop())
  suite(() => broker.port)
})

it('a cluster that does not answer is told, and holds nobody up', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const sockets: { destroy(): void }[] = []
  server.on('connection', (socket) => sockets.push(socket))
  onTestFinished(() => sockets.forEach((socket) => void socket.destroy()))
  const { port } = server.address() as AddressInfo
  const cwd = makeFolder({
    'svc-mock.yaml': `services:
  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: 127.0.0.1:${port} }
  here: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded }
`,
  })
  const program = new Program(['start', '--port', '0', '--json'], { cwd })
  await program.line<{ readonly type: string }>(({ type }) => type === 'ready')
  onTestFinished(async () => void (await program.stop('SIGKILL')))
  const { stdout } = await runProgram(['tenant', 'list', '--json'], { cwd })
  expect((JSON.parse(stdout) as Listed).kafka).toEqual({
    groups: [],
    topics: [],
    unasked: [{ services: ['bus'], why: 'no answer within 1 s' }],
  })
})
