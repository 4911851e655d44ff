/** What isolates share and do not share, and what becomes of calls whose isolate dies. */
import { describe, expect, it } from 'vitest'
import { newTenant } from '../../src/core/call.ts'
import { ScriptState } from '../../src/core/script-state.ts'
import { engine } from './engine.ts'

/** Fills the heap for certain: neither the time limit nor a built-in function comes first. */
const bomb = `export default (request, tools) => {
  const kept = []
  for (;;) kept.push({ n: kept.length, list: [1, 2, 3], text: 'x' + kept.length })
}`
const patient = { timeoutMs: 30_000, totalMs: 60_000 }

/** Tells when a script asked for `go`, and how often. */
class WatchedState extends ScriptState {
  asked = 0
  readonly #wanted: { readonly count: number; readonly resolve: () => void }[] = []

  override get(key: string): string | undefined {
    if (key === 'go') this.asked++
    for (const { count, resolve } of this.#wanted) if (this.asked >= count) resolve()
    return super.get(key)
  }

  until(count: number): Promise<void> {
    return new Promise((resolve) => this.#wanted.push({ count, resolve }))
  }
}

/** Waits until the state says go. */
const waiter = (before = ''): string => `export default async (request, { state, sleep, forward }) => {
  ${before}
  while (!(await state.get('go'))) await sleep(1)
  return 'gone'
}`

describe('an isolate that runs out of memory', () => {
  it('fails the call that filled it, with the limit of its service', async () => {
    const { script, run } = engine()
    await expect(run(script(bomb), { limits: { ...patient, memoryMb: 16 } })).rejects.toMatchObject({
      code: 'SCRIPT_MEMORY',
      message: 'script (m/x.yaml:1:1): used more than 16 MB',
    })
  })

  it('lets the others run once more', async () => {
    const { script, run } = engine()
    const state = new WatchedState()
    const waiting = run(script(waiter()), { state, limits: patient })
    await state.until(1)
    await expect(run(script(bomb), { limits: patient })).rejects.toMatchObject({ code: 'SCRIPT_MEMORY' })
    const before = state.asked
    await state.until(before + 1)
    state.set('go', 'true')
    expect(await waiting).toBe('gone')
  })

  it.each([
    ['written state', "await state.set('k', 1)"],
    ['asked the real service', 'await forward()'],
  ])('does not run again what has %s', async (_what, before) => {
    const { script, run } = engine()
    const state = new WatchedState()
    const forward = (): Promise<string> => Promise.resolve('{}')
    const waiting = run(script(waiter(before)), { state, limits: patient, forward })
    const lost = expect(waiting).rejects.toMatchObject({
      code: 'SCRIPT_ISOLATE_LOST',
      message:
        'script (m/x.yaml:1:1): was running when its isolate died, and it had written state or used forward() already',
    })
    await state.until(1)
    await expect(run(script(bomb), { limits: patient })).rejects.toMatchObject({ code: 'SCRIPT_MEMORY' })
    await lost
  })

  it('is of one memory limit: services with another one have another isolate', async () => {
    const { script, run } = engine()
    const state = new WatchedState()
    const waiting = run(script(waiter("await state.set('k', 1)")), {
      state,
      limits: { ...patient, memoryMb: 48 },
    })
    await state.until(1)
    await expect(run(script(bomb), { limits: patient })).rejects.toMatchObject({ code: 'SCRIPT_MEMORY' })
    state.set('go', 'true')
    expect(await waiting).toBe('gone')
  })
})

describe('tenants', () => {
  it('share nothing of what scripts leave in their modules', async () => {
    const { script, run } = engine()
    const counting = script(
      'let n = 0\nconst seen = []\nexport default (request) => { seen.push(request.who); return [++n, seen] }',
    )
    const mine = { tenant: newTenant('mine') }
    const yours = { tenant: newTenant('yours') }
    expect(await run(counting, { ...mine, request: { who: 'a' } })).toEqual([1, ['a']])
    expect(await run(counting, { ...yours, request: { who: 'b' } })).toEqual([1, ['b']])
    expect(await run(counting, { ...mine, request: { who: 'c' } })).toEqual([2, ['a', 'c']])
  })
})

describe('runs that enter together', () => {
  it('are cut off one by one, each after its own time', async () => {
    const { script, run } = engine()
    const loop = script('export default () => { for (;;); }')
    const good = script('export default (request) => request.n')
    await run(good, { request: { n: 0 } })
    const runs = Array.from({ length: 30 }, (_, n) =>
      n % 10 === 5
        ? run(loop, { limits: { timeoutMs: 20 } }).catch((error: { readonly code: string }) => error.code)
        : run(good, { request: { n }, limits: { timeoutMs: 20 } }),
    )
    expect(await Promise.all(runs)).toEqual(
      Array.from({ length: 30 }, (_, n) => (n % 10 === 5 ? 'SCRIPT_TIMEOUT' : n)),
    )
  })

  it('are not cut off by the time of those before them', async () => {
    const { script, run } = engine()
    const busy = script(
      'export default () => { const end = Date.now() + 30; while (Date.now() < end); return 1 }',
    )
    expect(
      await Promise.all(Array.from({ length: 6 }, () => run(busy, { limits: { timeoutMs: 400 } }))),
    ).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('settle by the whole time of their service', async () => {
    const { script, run } = engine()
    const never = script('export default () => new Promise(() => {})')
    await expect(run(never, { limits: { totalMs: 50 } })).rejects.toMatchObject({
      code: 'SCRIPT_TIMEOUT',
      message: 'script (m/x.yaml:1:1): did not settle within 50 ms',
    })
  })
})
