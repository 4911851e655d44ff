/** `svc-mock record` before brokers: what clients produce and what they are given becomes fixtures, by the real program. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kafka } from 'kafkajs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readFixture } from '../../src/app/messages/fixture.ts'
import { embeddedBroker } from '../support/embedded-broker.ts'
import { kafkaJs, producer } from '../support/kafka-clients.ts'
import { listening } from '../support/messages.ts'
import { maskKey } from '../support/recording.ts'
import { Program, type Ready, runProgram, startProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

interface Space {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Of the brokers. */
  readonly port: number
}

const space = async (more = ''): Promise<Space> => {
  const { port } = await embeddedBroker()
  const cwd = makeFolder({
    'svc-mock.yaml': `services:\n  events: { protocol: kafka, listen: 127.0.0.1:0, upstream: '127.0.0.1:${port}'${more} }\n`,
  })
  return { cwd, port, env: { SVC_MOCK_MASK_KEY: maskKey, XDG_STATE_HOME: makeFolder() } }
}

const recording = async (
  { cwd, env }: Space,
  args: readonly string[] = [],
): Promise<{ readonly program: Program; readonly kafka: Kafka }> => {
  const program = new Program(['record', '--port', '0', '--json', ...args], { cwd, env })
  onTestFinished(() => void program.stop('SIGKILL'))
  const { services } = await program.line<Ready>(({ type }) => type === 'ready')
  return { program, kafka: kafkaJs(Number(services[0]!.listen!.split(':').at(-1))) }
}

interface Recorded {
  readonly type: string
  readonly calls: number
  readonly distinct: number
}

interface Decided extends Recorded {
  readonly diff?: string
  readonly undecided: readonly {
    readonly line?: { readonly calls: string; readonly path: string; readonly action: string }
  }[]
}

const contentOf = ({ cwd }: Space, file: string) => {
  const text = readFileSync(join(cwd, file), 'utf8')
  const { service, messages } = readFixture(text, file)
  const values = messages.map(({ value }) =>
    value === null ? null : Buffer.from(value, 'base64').toString(),
  )
  return { text, service, messages, values }
}

const file = 'fixtures/events/none/orders.yaml'

const produce = async (kafka: Kafka, topic: string, ...values: readonly (string | null)[]): Promise<void> => {
  const own = await producer(kafka, { allowAutoTopicCreation: true })
  await own.send({ topic, messages: values.map((value) => ({ key: 'k', value })) })
}

describe('svc-mock record', () => {
  it('writes nothing that nobody has decided about under --strict, and --learn proposes the lines', async () => {
    const here = await space()
    const told = async (flag: string) => {
      const { program, kafka } = await recording(here, [flag])
      await produce(kafka, 'orders', '{"nick":"wangwu","ref9":"AB-99817","email":"zoe.smith@corp-mail.org"}')
      const { code } = await program.stop()
      return { code, result: program.lines<Decided>().find(({ type }) => type === 'recorded')! }
    }
    const strict = await told('--strict')
    expect(strict.code).toBe(1)
    expect(existsSync(join(here.cwd, file))).toBe(false)
    const lines = strict.result.undecided.map(({ line }) => `${line?.calls}, ${line?.path}: ${line?.action}`)
    expect(lines).toEqual(['events, body.value.nick: keep', 'events, body.value.ref9: keep'])
    const learnt = await told('--learn')
    expect(existsSync(join(here.cwd, file))).toBe(false)
    execFileSync('git', ['apply', '-'], { cwd: here.cwd, input: learnt.result.diff, stdio: 'pipe' })
    expect((await told('--strict')).code).toBe(0)
    expect(contentOf(here, file).values[0]).toMatch(
      /"nick":"wangwu","ref9":"AB-99817","email":"\w+@example\.com"/,
    )
  })

  it('writes what is produced and what is delivered, each once and clean, and replay sends it', async () => {
    const here = await space()
    const direct = kafkaJs(here.port)
    await produce(direct, 'orders', '{"n":1,"email":"zoe.smith@corp-mail.org"}')
    const { program, kafka } = await recording(here)
    const consumer = await listening(kafka, 'orders')
    await consumer.until(1)
    const own = await producer(kafka, { allowAutoTopicCreation: true })
    await own.send({
      topic: 'orders',
      messages: [
        {
          key: 'zoe.smith@corp-mail.org',
          value: '{"n":2,"email":"zoe.smith@corp-mail.org","amount":9007199254740993}',
          headers: { kind: 'card', 'svcm-tenant': 'nobody' },
        },
        { key: 'k', value: null },
      ],
    })
    await own.send({ topic: 'notices', messages: [{ value: 'plain' }] })
    await consumer.until(3)
    await consumer.leave()
    await own.disconnect()
    const { code, stderr } = await program.stop()
    expect([code, stderr]).toEqual([0, ''])
    expect(program.lines<Recorded>().find(({ type }) => type === 'recorded')).toMatchObject({
      calls: 4,
      distinct: 4,
      files: 2,
      dropped: 0,
    })

    const { text, service, messages, values } = contentOf(here, file)
    expect(service).toBe('events')
    expect(text).not.toMatch(/zoe|corp-mail|nobody/)
    const [first, second] = values.slice(0, 2).map((value) => JSON.parse(value!) as { email: string })
    expect(first).toMatchObject({ n: 1 })
    expect(second).toMatchObject({ n: 2, email: first!.email })
    expect(values[1]).toContain('9007199254740993')
    expect(values[2]).toBe(null)
    expect(Buffer.from(messages[1]!.key!, 'base64').toString()).toBe(first!.email)
    expect(messages[1]!.headers.map(({ name }) => name)).toEqual(['kind'])
    const times = messages.map(({ atMs }) => atMs)
    expect(times[0]).toBe(0)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(contentOf(here, 'fixtures/events/none/notices.yaml').values).toEqual(['plain'])
    expect((await runProgram(['check'], { cwd: here.cwd })).code).toBe(0)

    const { program: replaying } = await startProgram({ cwd: here.cwd })
    onTestFinished(() => void replaying.stop('SIGKILL'))
    const sent = await runProgram(['replay', file, '--speed', '0'], { cwd: here.cwd })
    expect(sent.stdout).toBe('3 messages sent\n')
    const again = await listening(direct, 'orders')
    expect((await again.until(6)).slice(3).map(({ value }) => value)).toEqual(values)
  })

  it('leaves out what was taken back, and takes what was committed', async () => {
    const here = await space()
    const { program, kafka } = await recording(here)
    const own = await producer(kafka, {
      allowAutoTopicCreation: true,
      transactionalId: 't',
      maxInFlightRequests: 1,
      idempotent: true,
    })
    for (const [value, end] of [
      ['gone', 'abort'],
      ['stays', 'commit'],
    ] as const) {
      const transaction = await own.transaction()
      await transaction.send({ topic: 'orders', messages: [{ value }] })
      await transaction[end]()
    }
    const consumer = await listening(kafka, 'orders')
    expect((await consumer.until(1)).map(({ value }) => value)).toEqual(['stays'])
    await consumer.leave()
    await program.stop()
    expect(contentOf(here, file).values).toEqual(['stays'])
  })

  it('keeps what is there, as --record says', async () => {
    const here = await space()
    const run = async (value: string, ...args: readonly string[]): Promise<readonly (string | null)[]> => {
      const { program, kafka } = await recording(here, args)
      await produce(kafka, 'orders', value)
      await program.stop()
      return existsSync(join(here.cwd, file)) ? contentOf(here, file).values : []
    }
    expect(await run('0', '--record', 'none')).toEqual([])
    expect(await run('1')).toEqual(['1'])
    expect(await run('2')).toEqual(['1'])
    expect(await run('3', '--record', 'new_episodes')).toEqual(['1'])
    expect(await run('4', '--record', 'all')).toEqual(['4'])
    const path = join(here.cwd, file)
    writeFileSync(path, readFileSync(path, 'utf8').replace(/value: .*/, 'value: edited'))
    expect(await run('5', '--record', 'all')).toEqual(['edited'])
  })

  it('begins and ends while svc-mock runs, in the folder of the version', async () => {
    const here = await space(", version: '1.4.0'")
    const { program, ready } = await startProgram({ cwd: here.cwd, env: here.env })
    onTestFinished(() => void program.stop('SIGKILL'))
    const kafka = kafkaJs(Number(ready.services[0]!.listen!.split(':').at(-1)))
    const own = await producer(kafka, { allowAutoTopicCreation: true })
    const send = async (value: string): Promise<unknown> =>
      own.send({ topic: 'orders', messages: [{ value }] })
    const mode = async (to: string): Promise<void> =>
      expect((await runProgram(['mode', 'events', to], { cwd: here.cwd, env: here.env })).code).toBe(0)
    await send('before')
    await mode('record')
    await send('while')
    await mode('passthrough')
    await send('after')
    await program.stop()
    expect(contentOf(here, 'fixtures/events/1.4.0/orders.yaml').values).toEqual(['while'])
  })
})
