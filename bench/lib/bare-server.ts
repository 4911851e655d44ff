/** The yardstick: node:http that answers a constant. `--read` reads the request's body and parses it first; `--size n` answers n bytes. `--tls file` speaks TLS with the certificate and key in it. */
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'

const size = process.argv.indexOf('--size')
const payload = JSON.stringify(
  size < 0
    ? { id: '42', total: 12.5, state: 'OPEN' }
    : { data: 'x'.repeat(Number(process.argv[size + 1]) - 11) },
)
const body = Buffer.from(payload)
const headers = ['content-type', 'application/json', 'content-length', String(body.length)]
const read = process.argv.includes('--read')

const answer: RequestListener = (request, response) => {
  if (!read) {
    response.writeHead(200, headers)
    response.end(body)
    return
  }
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString())
    response.writeHead(200, headers)
    response.end(body)
  })
}
const tls = process.argv.indexOf('--tls')
const identity = tls < 0 ? undefined : readFileSync(process.argv[tls + 1]!)
const server =
  identity === undefined ? createServer(answer) : createTlsServer({ cert: identity, key: identity }, answer)
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.stdout.write(`${JSON.stringify({ listen: `127.0.0.1:${port}` })}\n`)
})
process.on('SIGTERM', () => process.exit(0))
