/** Bytes that are read into memory that is used again: whoever takes them has the right ones, for as long as the socket is paused. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { LentReads, lentReads } from '../../src/core/lent-reads.ts'

const open: { destroy(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.destroy()
})

/** A connection that was opened with lent reads, and its other end. */
const joined = async (): Promise<{ socket: Socket; reads: LentReads; server: Socket }> => {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const reads = new LentReads()
  const { port } = listener.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1', onread: reads.onread })
  reads.of(socket)
  const [server] = (await once(listener, 'connection')) as [Socket]
  listener.close()
  open.push(socket, server)
  return { socket, reads, server }
}

/** No two stretches of it are alike. */
const pattern = (length: number): Buffer => {
  const bytes = Buffer.allocUnsafe(length)
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeInt32LE(Math.imul(at, 0x9e3779b1), at)
  return bytes
}

const total = 8 * 1024 * 1024

it('is a stream like any other until somebody takes the reads', async () => {
  const { socket, server } = await joined()
  const sent = pattern(total)
  server.end(sent)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  expect(Buffer.concat(chunks).equals(sent)).toBe(true)
})

it('what comes before somebody takes the reads is not lost', async () => {
  const { socket, reads, server } = await joined()
  server.write('first ')
  await once(socket, 'readable')
  let text = ''
  reads.each((bytes) => {
    text += bytes.toString()
  })
  socket.resume()
  server.end('second')
  await once(socket, 'end')
  expect(text).toBe('first second')
})

it('gives memory again and again, larger while reads fill it', async () => {
  const { socket, reads, server } = await joined()
  const sent = pattern(total)
  const memories = new Set<ArrayBufferLike>()
  let at = 0
  let reading = 0
  reads.each((bytes) => {
    expect(bytes.equals(sent.subarray(at, at + bytes.length))).toBe(true)
    at += bytes.length
    reading++
    memories.add(bytes.buffer)
  })
  socket.resume()
  server.end(sent)
  await once(socket, 'end')
  expect(at).toBe(total)
  expect(reading).toBeGreaterThan(memories.size)
  expect(memories.size).toBeLessThanOrEqual(8)
})

it('what was read stays while the socket is paused, whoever else reads', async () => {
  const sent = pattern(total)
  await Promise.all(
    [1, 2, 3, 4, 5, 6].map(async (turns) => {
      const { socket, reads, server } = await joined()
      let at = 0
      reads.each((bytes) => {
        const from = at
        at += bytes.length
        socket.pause()
        let left = turns
        const look = (): void => {
          expect(bytes.equals(sent.subarray(from, at))).toBe(true)
          if (--left > 0) setImmediate(look)
          else socket.resume()
        }
        setImmediate(look)
      })
      socket.resume()
      server.end(sent)
      await once(socket, 'end')
      expect(at).toBe(total)
    }),
  )
})

it('is known by the socket that was opened so', async () => {
  const { socket, reads, server } = await joined()
  expect(lentReads(socket)).toBe(reads)
  expect(lentReads(server)).toBeUndefined()
})
