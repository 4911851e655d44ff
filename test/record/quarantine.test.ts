/** What may not be written lies encrypted on the disk, and only until the run ends. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Quarantine } from '../../src/record/quarantine.ts'
import type { RawRecord } from '../../src/record/records.ts'
import { makeFolder } from '../support/spawn-workspace.ts'
import { exchange } from './tools.ts'

const record = (body: Uint8Array): RawRecord => ({
  exchange: exchange({ target: '/users/13800138000' }, { headers: ['x-who', '张伟'], body }),
  at: 7,
  case: 'c',
})
const plain = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 31 + (i >> 3)) % 256))

const opened = (bytesAtMost?: number) => {
  const file = join(makeFolder(), 'q.sealed')
  return {
    file,
    quarantine: new Quarantine<string>({ file, ...(bytesAtMost !== undefined && { bytesAtMost }) }),
  }
}

it('gives back what was put into it, once', () => {
  const { quarantine } = opened()
  const bodies = [plain, plain.subarray(5), Buffer.alloc(0)]
  expect(bodies.map((body, i) => quarantine.put(record(body), `r${i}`))).toEqual([true, true, true])
  const back = [...quarantine.take()]
  expect(back.map(({ about }) => about)).toEqual(['r0', 'r1', 'r2'])
  expect(back.map(({ record: { at, case: label } }) => [at, label])).toEqual([
    [7, 'c'],
    [7, 'c'],
    [7, 'c'],
  ])
  expect(back[1]!.record.exchange).toEqual(record(new Uint8Array(plain.subarray(5))).exchange)
  expect([...quarantine.take()]).toEqual([])
  quarantine.close()
})

it('shows nothing on the disk, to nobody else', () => {
  const { file, quarantine } = opened()
  quarantine.put(record(plain), '')
  const bytes = readFileSync(file)
  expect(bytes.length).toBeGreaterThan(plain.length)
  // No eight bytes of it, wherever they begin.
  for (let at = 0; at + 8 <= plain.length; at++)
    expect(bytes.includes(plain.subarray(at, at + 8))).toBe(false)
  for (const text of ['13800138000', '/users', '张伟', 'x-who', 'orders'])
    expect(bytes.includes(text)).toBe(false)
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  // The same twice is not the same.
  const size = bytes.length
  quarantine.put(record(plain), '')
  expect(readFileSync(file).subarray(size).equals(bytes)).toBe(false)
  quarantine.close()
  expect(existsSync(file)).toBe(false)
})

it('notices a changed byte, and pieces that changed places', () => {
  const { file, quarantine } = opened()
  quarantine.put(record(plain), '')
  const one = readFileSync(file)
  quarantine.put(record(plain), '')
  const both = readFileSync(file)
  writeFileSync(file, Buffer.concat([both.subarray(one.length), both.subarray(0, one.length)]), {
    flag: 'r+',
  })
  expect(() => [...quarantine.take()]).toThrow()
  quarantine.close()
  const other = opened()
  other.quarantine.put(record(plain), '')
  const changed = readFileSync(other.file)
  changed[changed.length - 1]! ^= 1
  writeFileSync(other.file, changed, { flag: 'r+' })
  expect(() => [...other.quarantine.take()]).toThrow()
  other.quarantine.close()
})

it('is bounded, and needs a place', () => {
  const { quarantine } = opened(5000)
  expect([1, 2].map(() => quarantine.put(record(plain), ''))).toEqual([true, false])
  expect([...quarantine.take()]).toHaveLength(1)
  quarantine.close()
  expect(new Quarantine({ file: undefined }).put(record(plain), '')).toBe(false)
  const nowhere = new Quarantine({ file: join(makeFolder(), 'none', 'q') })
  expect(nowhere.put(record(plain), '')).toBe(false)
  nowhere.close()
})

it('never writes over what is there', () => {
  const { file, quarantine } = opened()
  writeFileSync(file, 'mine')
  expect(quarantine.put(record(plain), '')).toBe(false)
  quarantine.close()
  expect(readFileSync(file, 'utf8')).toBe('mine')
})
