/** The proxy inside the test's process, on free ports, from a workspace's files; closed when the test is done. */
import { onTestFinished } from 'vitest'
import type { RecordWishes } from '../../src/app/record/open-recorder.ts'
import type { CallRecord, ReloadRecord, Running } from '../../src/app/running.ts'
import { startProxy } from '../../src/app/start.ts'
import { bodyConditions, textConditions } from '../../src/app/text-conditions.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { ConfigFlags } from '../../src/config/overrides.ts'
import type { Clock } from '../../src/core/clock.ts'
import { type TestWorkspace, workspace } from './workspace.ts'

export interface TestProxy {
  readonly running: Running
  readonly host: string
  readonly port: number
  readonly workspace: TestWorkspace
  readonly calls: CallRecord[]
  readonly reloads: ReloadRecord[]
  readonly notices: string[]
  /** The next reload, or the one that has come since the last that was taken. */
  nextReload(): Promise<ReloadRecord>
  /** The call with this number, counted from 1 in the order of their ends. */
  call(number: number): Promise<CallRecord>
  ownPort(service: string): number
}

export interface TestProxyOptions {
  readonly flags?: ConfigFlags
  readonly env?: Readonly<Record<string, string>>
  readonly watch?: boolean
  readonly seed?: number
  readonly clock?: Clock
  readonly record?: RecordWishes
}

/** `files` without svc-mock.yaml get one from `services` in it; `listen` is always a free port. */
export const proxy = async (
  files: Readonly<Record<string, string>>,
  options: TestProxyOptions = {},
): Promise<TestProxy> => {
  const space = workspace(files)
  const source = {
    cwd: space.folder,
    env: { XDG_CONFIG_HOME: process.env['XDG_CONFIG_HOME']!, ...options.env },
    flags: { listen: '127.0.0.1:0', ...options.flags },
    compileText: textConditions(),
    compileBody: bodyConditions(),
  }
  const { config, problems } = loadConfig(source)
  if (config === undefined) throw new Error(problems.map(({ message }) => message).join('\n'))
  const running = await startProxy({
    config,
    watch: options.watch ?? false,
    seed: options.seed,
    ...(options.clock !== undefined && { clock: options.clock }),
    ...(options.record !== undefined && { record: options.record }),
    reload: () => loadConfig(source),
  })
  onTestFinished(() => running.close(0))
  return wrap(running, space)
}

const wrap = (running: Running, space: TestWorkspace): TestProxy => {
  const calls: CallRecord[] = []
  const reloads: ReloadRecord[] = []
  const notices: string[] = []
  let changed = Promise.withResolvers<void>()
  const wake = (): void => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  running.on('call', (record) => {
    calls.push(record)
    wake()
  })
  running.on('reload', (record) => {
    reloads.push(record)
    wake()
  })
  running.on('notice', (text) => notices.push(text))
  const until = async <T>(found: () => T | undefined): Promise<T> => {
    for (;;) {
      const value = found()
      if (value !== undefined) return value
      await changed.promise
    }
  }
  let taken = 0
  const [host, port] = running.listen.split(':')
  return {
    running,
    host: host!,
    port: Number(port),
    workspace: space,
    calls,
    reloads,
    notices,
    nextReload: () => until(() => (reloads.length > taken ? reloads[taken++] : undefined)),
    call: (number) => until(() => calls[number - 1]),
    ownPort: (service) =>
      Number(
        running
          .services()
          .find(({ name }) => name === service)!
          .listen!.split(':')
          .at(-1),
      ),
  }
}
