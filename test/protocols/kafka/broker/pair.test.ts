/** Two ends of a connection in memory. */
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { pair } from '../../../../src/protocols/kafka/broker/pair.ts'

describe('a pair', () => {
  it('delivers in order, and never within the write', async () => {
    const [one, two] = pair()
    let text = ''
    two.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    one.write('a')
    one.write('b')
    expect(text).toBe('')
    one.end('c')
    await once(two, 'end')
    expect(text).toBe('abc')
  })

  it('holds a writer up while nobody reads', async () => {
    const [one, two] = pair()
    let written = 0
    while (one.write(Buffer.alloc(16_384))) written += 16_384
    expect(written).toBeLessThan(1_000_000)
    let read = 0
    two.on('data', (chunk: Buffer) => {
      read += chunk.length
    })
    await once(one, 'drain')
    one.end()
    await once(two, 'end')
    expect(read).toBe(written + 16_384)
  })

  it('ends at both ends, however one of them goes', async () => {
    for (const go of ['end', 'destroy'] as const) {
      const [one, two] = pair()
      two.resume()
      const closed = Promise.all([once(two, 'end'), once(two, 'close')])
      one[go]()
      await closed
      expect(two.destroyed).toBe(true)
    }
  })

  it('loses what is written to somebody who has gone, and lets the writer go on', async () => {
    const [one, two] = pair()
    two.destroy()
    for (let i = 0; i < 10; i++) one.write(Buffer.alloc(65_536))
    await new Promise<void>((resolve) => one.end(resolve))
  })
})
