/** An upstream that takes any body, then answers as many bytes, both with back-pressure; in a process of its own. */
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type Server, start } from './processes.ts'

export const startSink = (): Promise<Server> => start([fileURLToPath(import.meta.url)])

const chunk = Buffer.alloc(64 * 1024, 'y')

function* pieces(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= chunk.length)
    yield left < chunk.length ? chunk.subarray(0, left) : chunk
}

const serve = (): void => {
  const server = createServer((request, response) => {
    const bytes = Number(request.url!.split('/').at(-1))
    request.resume()
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' })
      Readable.from(pieces(bytes)).pipe(response)
    })
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    process.stdout.write(`${JSON.stringify({ listen: `127.0.0.1:${port}` })}\n`)
  })
  process.on('SIGTERM', () => process.exit(0))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) serve()
