/** A bare pipe of bytes, node:net to node:net: what any proxy of this runtime costs at least. `bare-pipe.ts <port>` */
import { type AddressInfo, connect, createServer } from 'node:net'

const port = Number(process.argv[2])

const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
  const upstream = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  client.pipe(upstream)
  upstream.pipe(client)
  client.on('error', () => upstream.destroy())
  upstream.on('error', () => client.destroy())
  client.on('close', () => upstream.destroy())
})
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ listen: `127.0.0.1:${(server.address() as AddressInfo).port}` }))
})
process.once('SIGTERM', () => process.exit(0))
