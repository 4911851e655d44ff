/**
 * The differential check: WireMock itself and svc-mock after `import wiremock` are asked the same, and must choose the same stub, status,
 * reason, body bytes and named headers. Some hundred pairs here; SVC_MOCK_LONG=1 makes it more than ten thousand, SVC_MOCK_SEED another
 * set. What parts them on purpose is in `explained.ts` and in docs/wiremock.md.
 */
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { present } from '../../support/tools.ts'
import { Client } from './client.ts'
import { compare, type Disagreement } from './compare.ts'
import { explanationOf } from './explained.ts'
import { groupsOf } from './generate.ts'
import { type RealWireMock, startWireMock } from './wiremock.ts'

const long = process.env['SVC_MOCK_LONG'] === '1'
const seed = Number(process.env['SVC_MOCK_SEED'] ?? 1)
/** A file that takes all open disagreements, for whoever looks for their cause. */
const show = process.env['SVC_MOCK_SHOW']
const [rounds, groups] = long ? [8, 230] : [1, 100]

describe.skipIf(!present('java', '-version'))('WireMock and svc-mock agree', () => {
  let real: RealWireMock
  let client: Client
  beforeAll(async () => {
    real = await startWireMock()
    client = new Client(real.port)
  }, 60_000)
  afterAll(async () => {
    client.close()
    await real.stop()
  })

  it.each([
    ['after import wiremock', false, rounds],
    ['on what export wiremock writes', true, long ? 2 : 1],
  ])(
    '%s',
    async (_, again, times) => {
      let [pairs, matched] = [0, 0]
      const explained = new Map<string, number>()
      const open: Disagreement[] = []
      const notPossible: string[] = []
      for (let round = 0; round < times; round++) {
        const result = await compare(groupsOf(seed + round, groups), client, again)
        pairs += result.pairs
        matched += result.matched
        notPossible.push(...result.notPossible)
        for (const one of result.disagreements) {
          const why = explanationOf(one)
          if (why === undefined) open.push(one)
          else explained.set(why, (explained.get(why) ?? 0) + 1)
        }
      }
      if (long || show !== undefined) {
        process.stderr.write(
          `${pairs} pairs, ${matched} answered by a stub, ${open.length} open disagreements, ${notPossible.length} stubs not possible\n`,
        )
        for (const [why, count] of explained) process.stderr.write(`  ${count} × ${why}\n`)
      }
      if (show !== undefined)
        writeFileSync(`${show}${again ? '.again' : ''}`, JSON.stringify({ open, notPossible }, null, 1))
      expect(open.slice(0, 5)).toEqual([])
      expect(matched).toBeGreaterThan(pairs / 4)
      expect(pairs).toBeGreaterThan(long && !again ? 10_000 : 500)
    },
    long ? 900_000 : 60_000,
  )
})
