/** An upstream whose 1 kB answers hold people and the time: each must be looked at, and few are new. In a process of its own. */
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { type Server, start } from './processes.ts'

export const startPeople = (): Promise<Server> => start([fileURLToPath(import.meta.url)])

const line = (n: number) => ({
  sku: `SKU-${1000 + n}`,
  title: 'wireless keyboard',
  quantity: n + 1,
  price: 129.5,
})

/** A valid check digit is no matter here; the shape is. */
const answer = (id: number): string =>
  JSON.stringify({
    id,
    state: 'PAID',
    now: Date.now(),
    customer: { name: '张伟', mobile: `138${String(10_000_000 + id)}`, email: `user${id}@mail.example.cn` },
    lines: Array.from({ length: 10 }, (_, n) => line(n)),
    total: 1295,
  })

const serve = (): void => {
  const server = createServer((request, response) => {
    request.resume()
    const body = answer(Number(request.url!.split('/').at(-1)) || 0)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.end(body)
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    process.stdout.write(`${JSON.stringify({ listen: `127.0.0.1:${port}` })}\n`)
  })
  process.on('SIGTERM', () => process.exit(0))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) serve()
