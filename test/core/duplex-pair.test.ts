/** A connection inside the process behaves as one between sockets. */
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { duplexPair } from '../../src/core/duplex-pair.ts'

const read = async (end: Duplex): Promise<string> => {
  let text = ''
  for await (const chunk of end) text += (chunk as Buffer).toString()
  return text
}

it('carries bytes both ways, in order', async () => {
  const [a, b] = duplexPair()
  const [atA, atB] = [read(a), read(b)]
  for (const word of ['one ', 'two ', 'three']) a.write(word)
  b.cork()
  b.write('x')
  b.write('y')
  b.uncork()
  a.end()
  b.end('z')
  expect(await atB).toBe('one two three')
  expect(await atA).toBe('xyz')
})

it('never runs the reader inside a write', () => {
  const [a, b] = duplexPair()
  let read = false
  b.on('data', () => {
    read = true
  })
  a.write('x')
  expect(read).toBe(false)
})

it('takes no more than a reader has room for', async () => {
  const [a, b] = duplexPair()
  const chunk = Buffer.alloc(16 * 1024)
  let accepted = 0
  while (accepted < 1_000 && a.write(chunk)) accepted++
  await new Promise((resolve) => setImmediate(resolve))
  let more = 0
  while (more < 1_000 && !a.writableNeedDrain && a.write(chunk)) more++
  expect(accepted + more).toBeLessThan(20)
  expect(a.writableNeedDrain).toBe(true)
  let seen = 0
  b.on('data', (bytes: Buffer) => {
    seen += bytes.length
  })
  await once(a, 'drain')
  a.end()
  await once(b, 'end')
  expect(seen % chunk.length).toBe(0)
  expect(seen).toBeGreaterThan(0)
})

it('still answers when the other side has said its last word', async () => {
  const [a, b] = duplexPair()
  const answer = read(a)
  b.resume()
  b.on('end', () => b.end('bye'))
  a.end('hello')
  expect(await answer).toBe('bye')
})

it('closes when the other side is destroyed, after what was sent', async () => {
  const [a, b] = duplexPair()
  a.on('error', () => undefined)
  const said = read(b)
  const closed = once(b, 'close')
  a.write('last')
  await new Promise((resolve) => setImmediate(resolve))
  a.destroy(new Error('gone'))
  expect(await said).toBe('last')
  await closed
  expect(b.destroyed).toBe(true)
})

it('lets nobody wait whose peer is gone', async () => {
  const [a, b] = duplexPair()
  const chunk = Buffer.alloc(64 * 1024)
  for (let i = 0; i < 4; i++) a.write(chunk)
  await new Promise((resolve) => setImmediate(resolve))
  expect(a.writableNeedDrain).toBe(true)
  b.destroy()
  a.resume()
  await once(a, 'close')
  expect(a.destroyed).toBe(true)
})

it('ends at both ends where none may stay half open, however one of them goes', async () => {
  for (const go of ['end', 'destroy'] as const) {
    const [a, b] = duplexPair(false)
    b.resume()
    const closed = Promise.all([once(b, 'end'), once(b, 'close')])
    a[go]()
    await closed
    expect(b.destroyed).toBe(true)
  }
})

it('loses what is written to somebody who has gone, and lets the writer go on', async () => {
  const [a, b] = duplexPair(false)
  b.destroy()
  for (let i = 0; i < 10; i++) a.write(Buffer.alloc(65_536))
  await new Promise<void>((resolve) => a.end(resolve))
})
