/** One line, never wider than the terminal, that goes when it is over. */
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Output } from '../../src/cli/output.ts'
import { startProgress } from '../../src/cli/progress.ts'
import { progressText } from '../../src/cli/recording-progress.ts'
import { textWidth } from '../../src/cli/text-width.ts'

const none = {
  calls: 0,
  distinct: 0,
  files: 0,
  masked: {},
  quarantined: 0,
  skipped: {},
  dropped: 0,
  tooLarge: 0,
  brokenOff: 0,
  withoutVersion: {},
  waiting: 0,
}
const busy = {
  ...none,
  calls: 1204,
  distinct: 37,
  masked: { email: 3, 'cn-mobile': 1012, 'person-name': 8, address: 1 },
  quarantined: 2,
  dropped: 5,
  tooLarge: 1,
}

describe('the progress line', () => {
  it('says what there is', () => {
    expect(progressText(none, 80)).toBe('0 calls · 0 different')
    expect(progressText({ ...none, calls: 1, distinct: 1 }, 80)).toBe('1 call · 1 different')
    expect(progressText(busy, 200)).toBe(
      '1,204 calls · 37 different · masked 1,012 cn-mobile, 8 person-name, 3 email, 1 address · 2 in quarantine · 5 dropped · 1 not recorded',
    )
  })

  it('counts what has no version among what is not recorded', () => {
    expect(progressText({ ...none, withoutVersion: { a: 2, b: 1 } }, 80)).toBe(
      '0 calls · 0 different · 3 not recorded',
    )
  })

  it('names fewer types where there is no room, and keeps what was lost', () => {
    expect(progressText(busy, 110)).toBe(
      '1,204 calls · 37 different · masked 1,012 cn-mobile, 12 others · 2 in quarantine · 5 dropped · 1 not recorded',
    )
    expect(progressText(busy, 90)).toBe(
      '1,204 calls · 37 different · 1,024 masked · 2 in quarantine · 5 dropped · 1 not recorded',
    )
  })

  it('never needs a second line', () => {
    const count = fc.nat(10_000_000)
    const numbers = fc.record({
      calls: count,
      distinct: count,
      masked: fc.dictionary(fc.constantFrom('cn-mobile', 'person-name', 'email', 'uscc', 'free-text'), count),
      quarantined: count,
      dropped: count,
      tooLarge: count,
      brokenOff: count,
    })
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 200 }), (some, columns) => {
        expect(textWidth(progressText({ ...none, ...some }, columns))).toBeLessThanOrEqual(columns)
      }),
    )
  })
})

describe('a line that moves', () => {
  const shown = (isTTY: boolean, json = false): { readonly written: string; readonly asked: number[] } => {
    vi.useFakeTimers()
    let written = ''
    const asked: number[] = []
    const write = (text: string): boolean => {
      written += text
      return true
    }
    const stream = { isTTY, columns: 40, write }
    const streams = { stdout: stream, stderr: stream } as unknown as ConstructorParameters<typeof Output>[1]
    const out = new Output({ json, quiet: false, noColor: true }, streams, {})
    const progress = startProgress(out, stream as unknown as NodeJS.WriteStream, (columns) => {
      asked.push(columns)
      return `line ${asked.length}`
    })
    vi.advanceTimersByTime(600)
    progress.say('a remark')
    progress.end()
    vi.advanceTimersByTime(600)
    vi.useRealTimers()
    return { written, asked }
  }

  it('is written in its own place, gives way to a remark, and is gone at the end', () => {
    const clear = '\r\x1b[K'
    const { written, asked } = shown(true)
    expect(written).toBe(`${clear}line 1${clear}line 2${clear}a remark\n${clear}line 3${clear}`)
    // The last column stays free, where some terminals would wrap.
    expect(asked).toEqual([39, 39, 39])
  })

  it('is none elsewhere than on a terminal, and none beside JSON', () => {
    for (const { written, asked } of [shown(false), shown(true, true)]) {
      expect(written).toBe('a remark\n')
      expect(asked).toEqual([])
    }
  })
})
