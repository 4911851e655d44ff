/** A real gRPC service that knows people, in a process of its own. It sends its port, and for `--reflection` answers that too. */
import { fileURLToPath } from 'node:url'
import {
  type GrpcObject,
  loadPackageDefinition,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { ReflectionService } from '@grpc/reflection'

// biome-ignore lint/suspicious/noExplicitAny: what proto-loader makes has no types.
type Any = any

const definition = loadSync(fileURLToPath(new URL('../fixtures/grpc/crm.proto', import.meta.url)), {
  keepCase: true,
  longs: String,
  enums: String,
  oneofs: true,
})
const { Customers } = (loadPackageDefinition(definition) as GrpcObject)['crm'] as Record<
  string,
  ServiceClientConstructor
>

/** `google.rpc.Status` with one `ErrorInfo { reason: NO_CUSTOMER, domain: 13800138000 }`, as bytes. */
const details = (): Buffer => {
  const text = (field: number, value: Buffer | string): Buffer => {
    const bytes = Buffer.from(value as string)
    return Buffer.concat([Buffer.from([field * 8 + 2, bytes.length]), bytes])
  }
  const info = Buffer.concat([text(1, 'NO_CUSTOMER'), text(2, '13800138000')])
  const any = Buffer.concat([text(1, 'type.googleapis.com/google.rpc.ErrorInfo'), text(2, info)])
  return Buffer.concat([Buffer.from([8, 5]), text(2, 'no customer 13800138000'), text(3, any)])
}

const customer = (id: string): Any => ({
  id,
  name: '张伟',
  mobile: '13800138000',
  ssn: 'plain words',
  pin_block: 1234567890,
  flagged: true,
  tier: 'K7Q2XM9ZTB4',
  note: Buffer.from('call 13900139000 please'),
  contacts: { '13700137000': { street: '', phone: '13600136000' } },
  email: 'zhang.wei@corp-real.cn',
  f13: '13500135000',
  birthday: { seconds: '636768000', nanos: 0 },
  patience: { seconds: '90', nanos: 0 },
  secret: { answer: 'blue', number: '4711', amount: 12.5, key: Buffer.from([1, 2, 3, 250, 251, 252]) },
  serial: '18446744073709551615',
  counts: [1, -2],
})

const server = new Server()
server.addService(Customers!.service, {
  Get: (call: Any, done: Any) => {
    const head = new Metadata()
    head.set('x-region', 'cn-east')
    head.set('x-request-id', `r-${Math.random()}`)
    head.set('x-agent-bin', Buffer.from('agent 13800138000'))
    call.sendMetadata(head)
    const trailers = new Metadata()
    trailers.set('x-cost', '3')
    if (call.request.id === '404') {
      trailers.set('grpc-status-details-bin', details())
      done({ code: 5, details: 'no customer 13800138000', metadata: trailers })
    } else if (call.request.id === '504') done({ code: 1, details: 'gave up' })
    // Otherwise a client that waits in vain.
    else if (call.request.id !== '999') done(null, customer(call.request.id), trailers)
  },
  List: (call: Any) => {
    call.write(customer('1'))
    call.write(customer('2'))
    if (call.request.id === '404') call.emit('error', { code: 14, details: 'went away' })
    else call.end()
  },
  Import: (call: Any, done: Any) => {
    const phones: string[] = []
    call.on('data', ({ f13 }: Any) => phones.push(f13))
    call.on('end', () => done(null, { count: phones.length, phones }))
  },
  Chat: (call: Any) => {
    call.on('data', ({ text }: Any) => {
      call.write({ text: `you said ${text}` })
      if (text === 'bye') call.emit('error', { code: 10, details: 'said bye' })
    })
    call.on('end', () => call.end())
  },
})
if (process.argv.includes('--reflection')) new ReflectionService(definition).addToServer(server)
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error
  process.send?.(port)
})
