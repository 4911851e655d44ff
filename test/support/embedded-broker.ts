/** The embedded broker on a port of its own, for clients that are real. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import {
  EmbeddedBroker,
  type EmbeddedBrokerOptions,
} from '../../src/protocols/kafka/broker/embedded-broker.ts'

export interface ListeningBroker {
  readonly port: number
  /** `host:port`, as clients are configured. */
  readonly address: string
  readonly broker: EmbeddedBroker
  /** Why connections were closed. */
  readonly notices: readonly string[]
  stop(): Promise<void>
}

/** Its clients are told to come to the same port. */
export const listenBroker = async (options: EmbeddedBrokerOptions = {}): Promise<ListeningBroker> => {
  const notices: string[] = []
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const broker = new EmbeddedBroker({
    advertised: { host: '127.0.0.1', port },
    notice: (what) => notices.push(what),
    ...options,
  })
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true)
    broker.accept(socket, socket.remoteAddress)
  })
  return {
    port,
    address: `127.0.0.1:${port}`,
    broker,
    notices,
    stop: async () => {
      broker.close()
      server.close()
      await once(server, 'close')
    },
  }
}

/** One for a test. */
export const embeddedBroker = async (options?: EmbeddedBrokerOptions): Promise<ListeningBroker> => {
  const listening = await listenBroker(options)
  onTestFinished(() => listening.stop())
  return listening
}
