/** How recording ends, what it does with files that are there, and what it tells of calls that it could not take. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { over } from '../../src/app/record/record.ts'
import type { Running } from '../../src/app/running.ts'
import type { ReportData } from '../../src/record/report-data.ts'
import {
  ask,
  filesBelow,
  fixturesOf,
  recordSpace,
  resultIn,
  type Space,
  startRecord,
} from '../support/recording.ts'
import { Program, runProgram } from '../support/spawn.ts'

const json = { 'content-type': 'application/json' }

/** Answers with the number that is in force. */
const counting = async () => {
  const state = { run: 1 }
  const space = await recordSpace((request, response) => {
    response.writeHead(200, json).end(JSON.stringify({ run: state.run, path: request.url!.length }))
  })
  return { state, space }
}

const textOf = (space: Space): string =>
  fixturesOf(space)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')

const idsIn = (space: Space): number[] =>
  [...textOf(space).matchAll(/path: \/users\/(\d+)$/gm)].map(([, id]) => Number(id)).sort((a, b) => a - b)

describe('the end comes', () => {
  /** A proxy of which only the calls matter. */
  const fake = () => {
    let listener = (): void => undefined
    const running = { on: (_event: string, heard: () => void) => (listener = heard) } as unknown as Running
    return { running, call: () => listener() }
  }
  const watched = (until: { forMs?: number; idleMs?: number }) => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { running, call } = fake()
    let ended = false
    void over(running, { forMs: until.forMs, idleMs: until.idleMs }).then(() => {
      ended = true
    })
    const endedAfter = async (ms: number): Promise<boolean> => {
      await vi.advanceTimersByTimeAsync(ms)
      return ended
    }
    return { call, endedAfter }
  }

  it('after --for', async () => {
    const { endedAfter } = watched({ forMs: 1000 })
    expect(await endedAfter(999)).toBe(false)
    expect(await endedAfter(1)).toBe(true)
  })

  it('after --until-idle without a call, but not before the first one', async () => {
    const { call, endedAfter } = watched({ idleMs: 1000 })
    expect(await endedAfter(100_000)).toBe(false)
    call()
    expect(await endedAfter(999)).toBe(false)
    call()
    expect(await endedAfter(999)).toBe(false)
    expect(await endedAfter(1)).toBe(true)
  })

  it('after the first of both, and by itself never', async () => {
    const both = watched({ forMs: 5000, idleMs: 1000 })
    both.call()
    expect(await both.endedAfter(1000)).toBe(true)
    const none = watched({})
    none.call()
    expect(await none.endedAfter(10_000_000)).toBe(false)
  })

  it('of the program by --for, with all that came written', async () => {
    const { space } = await counting()
    const { program, listen } = await startRecord(space, ['--for', '2s'])
    await ask(listen, '/users/7')
    const { code, stdout } = await program.finished
    expect(code).toBe(0)
    expect(resultIn<ReportData>(stdout)).toMatchObject({ calls: 1, files: 1 })
    expect(idsIn(space)).toEqual([7])
  })

  it('never by what is no duration', async () => {
    const { space } = await counting()
    for (const flag of ['--for', '--until-idle']) {
      const { code, stderr } = await runProgram(['record', '--port', '0', flag, 'soon'], {
        cwd: space.folder,
        env: space.env,
      })
      expect(code).toBe(2)
      expect(stderr).toContain(`${flag} soon is no duration`)
    }
  })
})

describe('a signal', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s lets everything that came be written first', async (signal) => {
    const { space } = await counting()
    const { program, listen } = await startRecord(space)
    const ids = Array.from({ length: 200 }, (_, i) => i + 100)
    await Promise.all(ids.map((id) => ask(listen, `/users/${id}`)))
    const { code, stdout } = await program.stop(signal)
    expect(code).toBe(0)
    expect(resultIn<ReportData>(stdout)).toMatchObject({ calls: 200, dropped: 0 })
    expect(idsIn(space)).toEqual(ids)
  })

  it('that comes a second time ends at once: what is there is whole, and nothing is left in quarantine', async () => {
    // Half a minute of work.
    const large = (path: string): string =>
      JSON.stringify(
        Array.from({ length: 9000 }, (_, i) => ({
          note: `${path} ${i} 找 1380013${i + 1000} 张伟 words of ${i * 7919}`,
        })),
      )
    const space = await recordSpace((request, response) => {
      if (request.url === '/bytes') response.writeHead(200).end(Buffer.from([1, 0, 255, 254, 3, 9, 200, 0]))
      else response.writeHead(200, json).end(large(request.url!))
    })
    const { program, listen } = await startRecord(space)
    await ask(listen, '/bytes')
    await program.line<{ type: string; quarantined: number }>(
      ({ type, quarantined }) => type === 'recording' && quarantined === 1,
    )
    expect(filesBelow(space.state)).toHaveLength(1)
    await Promise.all(Array.from({ length: 50 }, (_, i) => ask(listen, `/users/${i}`)))
    program.child.kill('SIGINT')
    const { code, stdout } = await program.stop('SIGTERM')
    expect(code).toBe(3)
    expect(stdout).toContain('RECORDING_LOST')
    expect(filesBelow(space.state)).toEqual([])
    expect(
      filesBelow(space.folder).filter((file) => file.endsWith('.tmp') && !file.includes('fixtures')),
    ).toEqual([])
    expect((await runProgram(['check'], { cwd: space.folder })).code).toBe(0)
  }, 60_000)
})

describe('a file that is there', () => {
  const again = async (mode: string, between: (file: string) => void = () => undefined) => {
    const { state, space } = await counting()
    const first = await startRecord(space)
    await ask(first.listen, '/users/1')
    await first.program.stop()
    between(fixturesOf(space)[0]!)
    state.run = 2
    const { program, listen } = await startRecord(space, ['--record', mode])
    await ask(listen, '/users/1')
    await ask(listen, '/users/2')
    const { stdout, code } = await program.stop()
    expect(code).toBe(0)
    const answers = [...textOf(space).matchAll(/path: \/users\/(\d)\n[\s\S]*?run: (\d)/g)].map(
      ([, id, run]) => `${id}: ${run}`,
    )
    return { answers, kept: resultIn<ReportData>(stdout).fixtures[0]!.kept }
  }

  it.each([
    ['once', ['1: 1'], 'exists'],
    ['new_episodes', ['1: 1', '2: 2'], undefined],
    ['all', ['1: 2', '2: 2'], undefined],
    ['none', ['1: 1'], 'none'],
  ] as const)('under --record %s answers %j', async (mode, answers, kept) => {
    expect(await again(mode)).toEqual({ answers, kept })
  })

  it('stays as a person has left it, and that is told', async () => {
    const edit = (file: string): void =>
      writeFileSync(file, readFileSync(file, 'utf8').replace('run: 1', 'run: 7'))
    expect(await again('all', edit)).toEqual({ answers: ['1: 7'], kept: 'edited' })
  })
})

describe('calls for which there is no room', () => {
  /** What a person sees. */
  const told = async (onFull: string): Promise<{ readonly stderr: string; readonly written: number }> => {
    const { space } = await counting()
    const config = join(space.folder, 'svc-mock.yaml')
    writeFileSync(config, `${readFileSync(config, 'utf8')}record: { queue: 2KB }\n`)
    const args = ['record', '--port', '0', '--on-full', onFull]
    const program = new Program(args, { cwd: space.folder, env: space.env })
    onTestFinished(() => void program.stop('SIGKILL'))
    await program.says(/Ctrl-C/)
    const listen = /listens on http:\/\/([\d.:]+)/.exec(program.stdout)![1]!
    await Promise.all(Array.from({ length: 300 }, (_, i) => ask(listen, `/users/${i + 1000}`)))
    const { stderr, stdout, code } = await program.stop()
    expect(code).toBe(0)
    return { stderr, written: Number(/^([\d,]+) calls/m.exec(stdout)![1]) }
  }

  it('are told of, with how many and what would help', async () => {
    const { stderr, written } = await told('drop')
    const dropped = Number(
      /(\d+) calls? dropped, because the queue was full; --on-full wait loses none/.exec(stderr)![1],
    )
    expect(dropped).toBeGreaterThan(0)
    expect(written + dropped).toBe(300)
  })

  it('wait where they may', async () => {
    expect(await told('wait')).toEqual({ stderr: '', written: 300 })
  })
})
