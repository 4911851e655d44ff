/** The yardstick for HTTP/2: node:http2's stream API that answers a constant. `--size n` answers n bytes. */
import { createServer } from 'node:http2'

const size = process.argv.indexOf('--size')
const payload = JSON.stringify(
  size < 0
    ? { id: '42', total: 12.5, state: 'OPEN' }
    : { data: 'x'.repeat(Number(process.argv[size + 1]) - 11) },
)
const body = Buffer.from(payload)
const head = { ':status': 200, 'content-type': 'application/json', 'content-length': String(body.length) }

const server = createServer()
server.on('stream', (stream) => {
  stream.on('error', () => undefined)
  stream.respond(head)
  stream.end(body)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.stdout.write(`${JSON.stringify({ listen: `127.0.0.1:${port}` })}\n`)
})
process.on('SIGTERM', () => process.exit(0))
