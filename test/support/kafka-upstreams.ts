/** What a Kafka service may stand in front of: a real broker, where one can be had, and the embedded one. The same is true of both. */
import { afterAll, beforeAll, describe } from 'vitest'
import { type SomeKafka, someKafka, startMs } from './kafka.ts'
import { proxy, type TestProxy } from './proxy.ts'

export interface Upstreams {
  /** Own ports of one svc-mock by name: each tenant's, and `base` for everybody's. `more`: of svc-mock.yaml. */
  start(services: Readonly<Record<string, string>>, more?: string): Promise<TestProxy>
}

/**
 * Runs `suite` in front of each. `start` takes services by name with settings (`tenant: alice`, …), all of one cluster: an embedded broker
 * is one service's, so there the others have it as their upstream.
 */
export const inFrontOfEach = (
  title: string,
  suite: (upstreams: Upstreams, kind: 'real' | 'embedded') => void,
): void => {
  const start = someKafka()
  describe.skipIf(start === undefined)(`${title}, real Kafka`, () => {
    let broker: SomeKafka
    beforeAll(async () => {
      broker = await start!()
    }, startMs)
    afterAll(() => broker.stop())
    suite(
      {
        start: (services, more) => proxy({ 'svc-mock.yaml': yaml(services, broker.address, more) }),
      },
      'real',
    )
  })
  describe(`${title}, embedded`, () => {
    suite(
      {
        start: async (services, more) => {
          const first = await proxy({
            'svc-mock.yaml':
              'services:\n  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded }\n',
          })
          return proxy({ 'svc-mock.yaml': yaml(services, `127.0.0.1:${first.ownPort('bus')}`, more) })
        },
      },
      'embedded',
    )
  })
}

const yaml = (services: Readonly<Record<string, string>>, upstream: string, more = ''): string =>
  `${more}services:\n${Object.entries(services)
    .map(
      ([name, settings]) =>
        `  ${name}: { protocol: kafka, listen: 127.0.0.1:0, upstream: '${upstream}'${settings === '' ? '' : `, ${settings}`} }\n`,
    )
    .join('')}`
