/** The server and the cases of gRPC's interop suite (doc/interop-test-descriptions.md of grpc), each with its verdict. */
import { fileURLToPath } from 'node:url'
import {
  type Client,
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { onTestFinished } from 'vitest'

export const interopProto = fileURLToPath(new URL('../fixtures/grpc/interop.proto', import.meta.url))
const loaded = loadPackageDefinition(loadSync(interopProto, { keepCase: true, defaults: true }))
const { TestService, UnimplementedService } = (loaded as GrpcObject)['interop'] as Record<
  string,
  ServiceClientConstructor
>

// biome-ignore lint/suspicious/noExplicitAny: what proto-loader makes has no types.
type Any = any

const zeros = (size: number): Buffer => Buffer.alloc(size)

const echoMetadata = (call: Any): Metadata => {
  const initial = call.metadata.get('x-grpc-test-echo-initial')
  if (initial.length > 0) {
    const head = new Metadata()
    head.set('x-grpc-test-echo-initial', initial[0])
    call.sendMetadata(head)
  }
  const trailers = new Metadata()
  for (const value of call.metadata.get('x-grpc-test-echo-trailing-bin')) {
    trailers.set('x-grpc-test-echo-trailing-bin', value)
  }
  return trailers
}

export interface InteropServer {
  readonly port: number
  /** Calls that the server saw cancelled. */
  readonly cancelled: string[]
}

export const interopServer = async (): Promise<InteropServer> => {
  const cancelled: string[] = []
  const server = new Server()
  const answerEach = (call: Any, request: Any): boolean => {
    if (request.response_status?.code > 0) {
      const { code, message } = request.response_status
      call.emit('error', { code, details: message, metadata: new Metadata() })
      return false
    }
    for (const { size } of request.response_parameters) call.write({ payload: { body: zeros(size) } })
    return true
  }
  server.addService(TestService!.service, {
    EmptyCall: (_call: Any, done: Any) => done(null, {}),
    UnaryCall: (call: Any, done: Any) => {
      const trailers = echoMetadata(call)
      const { response_status: status, response_size: size } = call.request
      if (status !== null && status.code > 0)
        done({ code: status.code, details: status.message, metadata: trailers })
      else done(null, { payload: { body: zeros(size) } }, trailers)
    },
    StreamingOutputCall: (call: Any) => {
      call.on('cancelled', () => cancelled.push('StreamingOutputCall'))
      if (answerEach(call, call.request)) call.end()
    },
    StreamingInputCall: (call: Any, done: Any) => {
      let size = 0
      // So that a client knows that its call has begun.
      call.sendMetadata(new Metadata())
      call.on('cancelled', () => cancelled.push('StreamingInputCall'))
      call.on('data', (request: Any) => {
        size += request.payload.body.length
      })
      call.on('end', () => done(null, { aggregated_payload_size: size }))
    },
    FullDuplexCall: (call: Any) => {
      const trailers = echoMetadata(call)
      call.on('cancelled', () => cancelled.push('FullDuplexCall'))
      // A server that sleeps says nothing, whatever it is asked.
      if (call.metadata.get('x-sleep').length > 0) return
      call.on('data', (request: Any) => answerEach(call, request))
      call.on('end', () => call.end(trailers))
    },
  })
  onTestFinished(() => server.forceShutdown())
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
  return { port, cancelled }
}

export interface InteropClients {
  readonly test: Any
  readonly unimplemented: Any
}

export const interopClients = (address: string, authority?: string): InteropClients => {
  const options = authority === undefined ? {} : { 'grpc.default_authority': authority }
  const make = (type: ServiceClientConstructor | undefined): Client => {
    const client = new type!(address, credentials.createInsecure(), options)
    onTestFinished(() => client.close())
    return client
  }
  return { test: make(TestService), unimplemented: make(UnimplementedService) }
}

export type Verdict = Readonly<Record<string, unknown>>

const callUnary = (client: Any, method: string, request: object, metadata = new Metadata(), options = {}) =>
  new Promise<Verdict>((resolve) => {
    let head: Metadata | undefined
    let end: Any
    const settle = (error: Any, reply: Any): void => {
      resolve({
        code: error?.code ?? 0,
        ...(error !== null && { details: error.details }),
        ...(reply?.payload && { size: reply.payload.body.length }),
        ...(reply?.aggregated_payload_size !== undefined && { aggregated: reply.aggregated_payload_size }),
        initial: head?.get('x-grpc-test-echo-initial') ?? [],
        trailing: end?.metadata.get('x-grpc-test-echo-trailing-bin').map(String) ?? [],
      })
    }
    const call = client[method](request, metadata, options, (error: Any, reply: Any) =>
      setImmediate(() => settle(error, reply)),
    )
    call.on('metadata', (one: Metadata) => {
      head = one
    })
    call.on('status', (status: Any) => {
      end = status
    })
  })

const readAll = (call: Any, each: (count: number) => void = () => undefined): Promise<Verdict> =>
  new Promise((resolve) => {
    const sizes: number[] = []
    let head: Metadata | undefined
    call.on('metadata', (one: Metadata) => {
      head = one
    })
    call.on('data', (reply: Any) => {
      sizes.push(reply.payload.body.length)
      each(sizes.length)
    })
    call.on('error', () => undefined)
    call.on('status', ({ code, details, metadata }: Any) =>
      resolve({
        code,
        details,
        sizes,
        initial: head?.get('x-grpc-test-echo-initial') ?? [],
        trailing: metadata.get('x-grpc-test-echo-trailing-bin').map(String),
      }),
    )
  })

const echoed = (): Metadata => {
  const metadata = new Metadata()
  metadata.set('x-grpc-test-echo-initial', 'test_initial_metadata_value')
  metadata.set('x-grpc-test-echo-trailing-bin', Buffer.from([0xab, 0xab, 0xab]))
  return metadata
}

const requests = [
  [31415, 27182],
  [9, 8],
  [2653, 1828],
  [58979, 45904],
] as const

const special = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n'

export const cases: Readonly<Record<string, (clients: InteropClients) => Promise<Verdict>>> = {
  empty_unary: ({ test }) => callUnary(test, 'EmptyCall', {}),
  large_unary: ({ test }) =>
    callUnary(test, 'UnaryCall', { response_size: 314159, payload: { body: zeros(271828) } }),
  client_streaming: ({ test }) =>
    new Promise((resolve) => {
      const call = test.StreamingInputCall((error: Any, reply: Any) =>
        resolve({ code: error?.code ?? 0, aggregated: reply?.aggregated_payload_size }),
      )
      for (const size of [27182, 8, 1828, 45904]) call.write({ payload: { body: zeros(size) } })
      call.end()
    }),
  server_streaming: ({ test }) =>
    readAll(
      test.StreamingOutputCall({ response_parameters: [31415, 9, 2653, 58979].map((size) => ({ size })) }),
    ),
  ping_pong: ({ test }) => {
    const call = test.FullDuplexCall()
    const send = (at: number): void => {
      const [size, body] = requests[at]!
      call.write({ response_parameters: [{ size }], payload: { body: zeros(body) } })
    }
    const verdict = readAll(call, (count) => {
      if (count < requests.length) send(count)
      else call.end()
    })
    send(0)
    return verdict
  },
  empty_stream: ({ test }) => {
    const call = test.FullDuplexCall()
    call.end()
    return readAll(call)
  },
  cancel_after_begin: ({ test }) =>
    new Promise((resolve) => {
      const call = test.StreamingInputCall((error: Any) => resolve({ code: error.code }))
      call.on('metadata', () => call.cancel())
    }),
  cancel_after_first_response: ({ test }) => {
    const call = test.FullDuplexCall()
    const verdict = readAll(call, () => call.cancel())
    call.write({ response_parameters: [{ size: 31415 }], payload: { body: zeros(27182) } })
    return verdict
  },
  custom_metadata_unary: ({ test }) =>
    callUnary(test, 'UnaryCall', { response_size: 314159, payload: { body: zeros(271828) } }, echoed()),
  custom_metadata_duplex: ({ test }) => {
    const call = test.FullDuplexCall(echoed())
    call.write({ response_parameters: [{ size: 314159 }], payload: { body: zeros(271828) } })
    call.end()
    return readAll(call)
  },
  status_code_and_message: ({ test }) =>
    callUnary(test, 'UnaryCall', { response_status: { code: 2, message: 'test status message' } }),
  status_code_and_message_duplex: ({ test }) => {
    const call = test.FullDuplexCall()
    call.write({ response_status: { code: 2, message: 'test status message' } })
    call.end()
    return readAll(call)
  },
  special_status_message: ({ test }) =>
    callUnary(test, 'UnaryCall', { response_status: { code: 2, message: special } }),
  unimplemented_method: ({ test }) => callUnary(test, 'UnimplementedCall', {}),
  unimplemented_service: ({ unimplemented }) => callUnary(unimplemented, 'UnimplementedCall', {}),
  timeout_on_sleeping_server: async ({ test }) => {
    const metadata = new Metadata()
    metadata.set('x-sleep', '1')
    const call = test.FullDuplexCall(metadata, { deadline: Date.now() + 60 })
    call.write({ payload: { body: zeros(27182) } })
    const { code, sizes } = await readAll(call)
    return { code, sizes }
  },
}
