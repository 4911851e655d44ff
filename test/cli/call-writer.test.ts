import { describe, expect, it, vi } from 'vitest'
import type { CallRecord } from '../../src/app/running.ts'
import { callLine, renderCall } from '../../src/cli/call-line.ts'
import { CallWriter } from '../../src/cli/call-writer.ts'
import type { LineSink } from '../../src/cli/sink.ts'
import { plainStyle as style } from '../../src/cli/style.ts'

const record = (id: number, extra: Partial<CallRecord> = {}): CallRecord => ({
  id,
  at: 5_000,
  protocol: 'http',
  service: 'orders',
  known: true,
  allowed: false,
  operation: `GET /orders/${id}`,
  status: 200,
  outcome: 'mock',
  mock: 'mocks/orders.yaml:4',
  error: undefined,
  note: undefined,
  durationMs: 0.41234,
  ...extra,
})

class MemorySink implements LineSink {
  text = ''
  stalled = false
  retry: (() => void) | undefined

  write(text: string): boolean {
    this.text += text
    return !this.stalled
  }

  whenReady(retry: () => void): void {
    this.retry = retry
  }

  close(): void {}

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1)
  }
}

describe('a call line', () => {
  it('has the agreed fields for --json', () => {
    expect(JSON.stringify(callLine(record(1)))).toBe(
      '{"type":"call","protocol":"http","service":"orders","operation":"GET /orders/1","status":200,"outcome":"mock","mock":"mocks/orders.yaml:4","durationMs":0.412}',
    )
  })

  it('says for people where the mock stands', () => {
    expect(renderCall(record(1), style)).toMatch(
      /^\d\d:\d\d:\d\d mock {8}orders {2}GET \/orders\/1 {2}200 {2}0\.4 ms {2}mocks\/orders\.yaml:4$/,
    )
  })

  it('keeps control characters of a path away from the terminal', () => {
    expect(renderCall(record(1, { operation: 'GET /\u001b[2J' }), style)).not.toContain('\u001b')
  })
})

describe('CallWriter', () => {
  it('writes many calls in one batch', () => {
    vi.useFakeTimers()
    const sink = new MemorySink()
    const write = vi.spyOn(sink, 'write')
    const writer = new CallWriter({ json: true, terminal: false, style, sink })
    for (let i = 0; i < 500; i += 1) writer.call(record(i))
    expect(write).not.toHaveBeenCalled()
    vi.runAllTimers()
    expect(write).toHaveBeenCalledOnce()
    expect(sink.lines).toHaveLength(500)
    vi.useRealTimers()
  })

  it('drops and counts what a stalled reader does not take, and says so when it reads again', () => {
    vi.useFakeTimers()
    const sink = new MemorySink()
    sink.stalled = true
    const writer = new CallWriter({ json: true, terminal: false, style, sink, queueLimit: 100 })
    writer.call(record(0))
    vi.runAllTimers()
    for (let i = 1; i <= 150; i += 1) writer.call(record(i))
    expect(writer.dropped).toBe(50)
    sink.stalled = false
    sink.retry?.()
    expect(sink.lines).toHaveLength(102)
    expect(sink.lines.at(-1)).toBe('{"type":"dropped","lines":50}')
    vi.useRealTimers()
  })

  it('turns more calls than a person can read into one line a second', () => {
    vi.useFakeTimers()
    const sink = new MemorySink()
    const writer = new CallWriter({ json: false, terminal: true, style, sink, linesPerSecond: 10 })
    for (let i = 0; i < 1_500; i += 1) writer.call(record(i, i % 2 ? { outcome: 'miss' } : {}))
    vi.advanceTimersByTime(1_100)
    expect(sink.lines).toHaveLength(11)
    expect(sink.lines.at(-1)).toBe('… 1,490 more calls in this second: 745 mock, 745 miss')
    writer.call(record(1, { at: 6_000 }))
    vi.advanceTimersByTime(100)
    expect(sink.lines).toHaveLength(12)
    vi.useRealTimers()
  })

  it('writes what is left when it is closed', () => {
    const sink = new MemorySink()
    const writer = new CallWriter({ json: true, terminal: false, style, sink })
    writer.call(record(1))
    writer.close()
    expect(sink.lines).toHaveLength(1)
  })
})
