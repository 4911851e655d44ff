/** One fault on one call, without sockets: what is drawn, when it goes on, how fast bodies leave. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Source } from '../../src/core/body.ts'
import { seededChance } from '../../src/core/clock.ts'
import type { FaultSpec } from '../../src/core/fault-schema.ts'
import { compileFault } from '../../src/core/fault-spec.ts'
import type { Reply, StreamReply } from '../../src/core/reply.ts'
import { paced } from '../../src/filters/pace.ts'
import { delayOf, strike } from '../../src/filters/strike.ts'
import { testClock } from '../support/clock.ts'
import { aCall } from '../support/library.ts'

const ok: Reply = { kind: 'single', status: 200, metadata: [], body: new TextEncoder().encode('hello') }

const struck = (spec: FaultSpec, seed = 1) => {
  const clock = testClock()
  const chance = seededChance(seed)
  const fault = compileFault(spec)
  return {
    clock,
    hit: (call = aCall({ target: '/x' })) => strike(fault, 'fault', call, () => ok, { clock, chance }),
  }
}

describe('a delay', () => {
  it('passes before the answer', async () => {
    const { clock, hit } = struck({ delay: '300ms' })
    let answered = false
    const reply = Promise.resolve(hit()).then((done) => {
      answered = true
      return done
    })
    clock.pass(299)
    await Promise.resolve()
    expect(answered).toBe(false)
    clock.pass(1)
    expect(await reply).toBe(ok)
  })

  it('scatters uniformly within the jitter, and around its median for lognormal', () => {
    const chance = seededChance(7)
    const uniform = compileFault({ delay: '300ms', jitter: '50ms' })
    const drawn = Array.from({ length: 4_000 }, () => delayOf(uniform, chance))
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(250)
    expect(Math.max(...drawn)).toBeLessThanOrEqual(350)
    const log = compileFault({ delay: '300ms', jitter: '100ms', distribution: 'lognormal' })
    const long = Array.from({ length: 4_000 }, () => delayOf(log, chance)).sort((a, b) => a - b)
    expect(long[2_000]! / 300).toBeCloseTo(1, 1)
    // One deviation above the median: 84.1 % are below delay + jitter.
    expect(long[Math.round(4_000 * 0.841)]! / 400).toBeCloseTo(1, 1)
  })

  it('leaves no timer behind when the client goes away', async () => {
    const { clock, hit } = struck({ delay: '10s' })
    const gone = new AbortController()
    const call = aCall({ target: '/x' })
    Object.defineProperty(call, 'signal', { value: gone.signal })
    const reply = hit(call)
    expect(clock.timers).toBe(1)
    gone.abort()
    expect(await reply).toEqual({ kind: 'none' })
    expect(clock.timers).toBe(0)
  })
})

describe('a rate', () => {
  it('governs abort and status, and not the delay; the same seed hits the same calls', () => {
    const fates = (seed: number): string[] => {
      const { hit } = struck({ status: 503, rate: 0.3 }, seed)
      return Array.from({ length: 1_000 }, () => String((hit() as { status: number }).status))
    }
    expect(fates(1)).toEqual(fates(1))
    expect(fates(1)).not.toEqual(fates(2))
    const share = fates(3).filter((status) => status === '503').length / 1_000
    expect(share).toBeGreaterThan(0.25)
    expect(share).toBeLessThan(0.35)
    expect(struck({ delay: '1s', abort: 'reset', rate: 0 }).hit()).toBeInstanceOf(Promise)
  })

  it('says on the call what hit', () => {
    const call = aCall({ target: '/x' })
    expect(struck({ abort: 'reset' }).hit(call)).toEqual({ kind: 'fault', fault: 'reset' })
    expect(call.context).toMatchObject({ outcome: 'mock', note: 'fault: reset' })
  })
})

/** Collects what comes, with the time at which it came. */
const collect = (source: Source, clock: { readonly now: number }, holds = false) => {
  const seen = {
    bytes: 0,
    at: [] as number[],
    end: undefined as number | undefined,
    pieces: [] as Uint8Array[],
  }
  source.pipe({
    message: (bytes) => {
      seen.bytes += bytes.length
      seen.at.push(clock.now)
      seen.pieces.push(bytes)
      return !holds
    },
    end: () => {
      seen.end = clock.now
    },
    fail: () => undefined,
  })
  return seen
}

describe('a bandwidth', () => {
  it('takes as long as the bytes need, and loses none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.constantFrom(undefined, '2s'),
        (pieces, rate, slowBody) => {
          const clock = testClock()
          let next = 0
          let sink: Parameters<Source['pipe']>[0] | undefined
          const push = (): void => {
            while (next < pieces.length) if (sink!.message(pieces[next++]!) === false) return
            if (next++ === pieces.length) sink!.end()
          }
          const source: Source = {
            pipe: (to) => {
              sink = to
              push()
            },
            resume: push,
            cancel: () => undefined,
          }
          const reply: Reply = { kind: 'stream', status: 200, metadata: [], source }
          const fault = compileFault({ bandwidth: `${rate}B/s`, ...(slowBody !== undefined && { slowBody }) })
          const seen = collect((paced(reply, fault, clock) as StreamReply).source, clock)
          clock.pass(10_000_000)
          const all = pieces.flatMap((piece) => [...piece])
          expect(seen.pieces.flatMap((piece) => [...piece])).toEqual(all)
          const least = Math.max((all.length / rate) * 1000, slowBody === undefined ? 0 : 2_000)
          expect(seen.end).toBeCloseTo(least, 3)
          expect(clock.timers).toBe(0)
        },
      ),
    )
  })

  it('spreads a body of known length evenly', () => {
    const clock = testClock()
    const reply = paced(
      { ...ok, kind: 'single', body: new Uint8Array(1_000) } as Reply,
      compileFault({ slowBody: '1s' }),
      clock,
    )
    const seen = collect((reply as StreamReply).source, clock)
    clock.pass(500)
    expect(seen.bytes).toBe(500)
    clock.pass(500)
    expect(seen).toMatchObject({ bytes: 1_000, end: 1_000 })
  })

  it('waits for a reader that is full, and stops when it goes', () => {
    const clock = testClock()
    const { source } = paced(
      { ...ok, kind: 'single', body: new Uint8Array(1_000) } as Reply,
      compileFault({ slowBody: '1s' }),
      clock,
    ) as StreamReply
    const seen = collect(source, clock, true)
    clock.pass(5_000)
    expect([seen.bytes, clock.timers]).toEqual([50, 0])
    source.resume()
    expect(clock.timers).toBe(1)
    source.cancel()
    expect(clock.timers).toBe(0)
  })
})

describe('what cannot be meant', () => {
  it.each([
    [{ delay: 300 }, /delay: 300 is no duration/],
    [{ delay: 'soon' }, /is no duration/],
    [{ delay: '25h' }, /longer than a day/],
    [{ abort: 'reset', status: 503 }, /exclude each other/],
    [{ delay: '1s', rate: 0.5 }, /rate governs/],
    [{ delay: '1s', distribution: 'lognormal' }, /no jitter/],
    [{ bandwidth: 'fast' }, /no rate of bytes/],
    [{ abort: 'CONNECTION_RESET_BY_PEER' }, /there is no abort/],
    [{}, /does nothing/],
  ] as [FaultSpec, RegExp][])('%j is refused', (spec, message) => {
    expect(() => compileFault(spec)).toThrow(message)
  })
})
