/** gRPC, gRPC-Web and Connect, carried by HTTP. */
import { realClock } from '../../core/clock.ts'
import type { Protocol } from '../../core/protocol.ts'
import type { GrpcCall } from './call.ts'
import { createGrpcDialect } from './dialect.ts'
import { GrpcServer } from './server.ts'
import { sendUpstream } from './upstream.ts'

export const grpc: Protocol = {
  name: 'grpc',
  carrier: 'http',
  dialect: createGrpcDialect(),
  detect: () => 'no',
  // protobufjs is loaded only where a service has definitions.
  loadDefinitions: async (source, tools) => {
    if (source.files.length === 0 && !source.reflection)
      return { definitions: undefined, problems: [], files: [] }
    const { load } = await import('./definitions/load.ts')
    return load(source, tools)
  },
  restoreDefinitions: async (portable) => {
    const { restore } = await import('./definitions/load.ts')
    return restore(portable)
  },
  open: (host) => {
    const server = new GrpcServer(host, realClock)
    return {
      // Connections are the carrier's.
      accept: (socket) => socket.destroy(),
      upstream: (call) => sendUpstream(host, call as GrpcCall),
      carry: (call) => server.carry(call),
      close: () => undefined,
      reset: () => undefined,
    }
  },
}
