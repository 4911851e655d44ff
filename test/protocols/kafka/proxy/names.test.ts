/** Where names stand in messages: none that the specifications know is missing, and each is changed there and back. */
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { groupFields } from '../../../../src/protocols/kafka/groups/name-fields.ts'
import { apis, type Message } from '../../../../src/protocols/kafka/messages/index.ts'
import { Versions } from '../../../../src/protocols/kafka/session/versions.ts'
import { proxy } from '../../../support/proxy.ts'
import { type RawKafka, rawKafka } from '../../../support/raw-kafka.ts'

interface Shape {
  readonly name: string
  readonly array: boolean
  readonly type: string
  readonly fields?: readonly Shape[]
}

/** Texts whose names speak of groups or transactions, as paths. */
const named = (fields: readonly Shape[], before = ''): string[] =>
  fields.flatMap((field) => {
    const path = `${before}${field.name}${field.array ? '[]' : ''}`
    if (field.fields !== undefined && field.fields.length > 0) return named(field.fields, `${path}.`)
    return field.type === 's' && /group|transaction/i.test(field.name) ? [path] : []
  })

/** Not names: states, kinds, members' own ids. ListTransactions' pattern is seen to in renaming.ts. */
const noNames = /groupInstanceId|groupState|groupType|transactionState$|transactionalIdPattern/

describe('the table of names', () => {
  const offered = new Versions(true)
  it.each(apis.filter((api) => offered.shown(api) !== 'none').map((api) => [api.name, api] as const))(
    'knows those of %s',
    (_name, api) => {
      for (const direction of ['request', 'response'] as const) {
        const wanted = named(api.fieldsOf(direction) as readonly Shape[]).filter(
          (path) => !noNames.test(path),
        )
        const known = Object.keys(groupFields.get(api.key)?.[direction] ?? {})
        expect(known.toSorted(), direction).toEqual(wanted.toSorted())
      }
    },
  )
})

describe('on a connection', () => {
  const clients = async (settings = ''): Promise<{ alice: RawKafka; base: RawKafka; notices: string[] }> => {
    const real = await proxy({
      'svc-mock.yaml': 'services:\n  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded }\n',
    })
    const port = real.ownPort('bus')
    const hers = await proxy({
      'svc-mock.yaml': `tenant: alice\nservices:\n  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: '127.0.0.1:${port}'${settings} }\n`,
    })
    const open = (to: number): RawKafka => {
      const client = rawKafka(connect(to, '127.0.0.1'))
      onTestFinished(() => client.end())
      return client
    }
    return { alice: open(hers.ownPort('bus')), base: open(port), notices: hers.notices }
  }

  const join = (name: string, groupId = 'app'): Message => ({
    groupId,
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    memberId: '',
    groupInstanceId: null,
    protocolType: 'consumer',
    protocols: [{ name, metadata: Buffer.from([0, 0, 0, 0, 0, 0]) }],
    reason: null,
  })

  it('Kafka Streams is refused, with the way out, and let in where its topics are private', async () => {
    const { alice, notices } = await clients()
    expect(await alice.ask('JoinGroup', 5, join('stream'))).toMatchObject({ errorCode: 23 })
    expect(await alice.ask('JoinGroup', 9, join('stream'))).toMatchObject({ errorCode: 23 })
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain("topics: { 'app-*': { lane: private } }")
    const other = await clients(", topics: { 'app-*': { lane: private } }")
    // MEMBER_ID_REQUIRED: the broker itself has answered.
    expect(await other.alice.ask('JoinGroup', 5, join('stream'))).toMatchObject({ errorCode: 79 })
    expect(other.notices).toEqual([])
  })

  it('coordinators are found under the names that were asked for, at a port of ours', async () => {
    const { alice } = await clients()
    const old = await alice.ask('FindCoordinator', 1, { key: 'g', keyType: 0 })
    expect(old).toMatchObject({ errorCode: 0, host: '127.0.0.1' })
    const all = await alice.ask('FindCoordinator', 4, { keyType: 1, coordinatorKeys: ['t1', 't2'] })
    expect(all['coordinators']).toMatchObject([
      { key: 't1', port: old['port'] },
      { key: 't2', port: old['port'] },
    ])
  })

  it('ids of transactions are those of the tenant, and lists show no others', async () => {
    const { alice, base } = await clients()
    const init = { transactionTimeoutMs: 10_000, producerId: -1n, producerEpoch: -1 }
    for (const client of [alice, base])
      expect(await client.ask('InitProducerId', 4, { ...init, transactionalId: 'tx' })).toMatchObject({
        errorCode: 0,
      })
    const listed = async (client: RawKafka): Promise<unknown[]> =>
      (
        (await client.ask('ListTransactions', 0, { stateFilters: [], producerIdFilters: [] }))[
          'transactionStates'
        ] as Message[]
      ).map((one) => one['transactionalId'])
    expect(await listed(alice)).toEqual(['tx'])
    expect((await listed(base)).toSorted()).toEqual(['tx', 'tx.svcm-alice'])
  })

  it('responses keep their order when one of them is ours', async () => {
    const { alice } = await clients()
    const [first, refused, last] = await Promise.all([
      alice.ask('FindCoordinator', 1, { key: 'g', keyType: 0 }),
      alice.ask('JoinGroup', 5, join('stream')),
      alice.ask('FindCoordinator', 1, { key: 'h', keyType: 0 }),
    ])
    expect([first, refused, last].map((one) => one['errorCode'])).toEqual([0, 23, 0])
  })
})
