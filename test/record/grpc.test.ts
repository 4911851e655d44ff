/** Recording of gRPC: the real program between a client and a real service of gRPC, each in a process of its own. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { crmClient, crmService, crmText } from '../support/crm.ts'
import {
  drained,
  type InventoryClient,
  type StreamResult,
  stream,
  type UnaryResult,
  unary,
} from '../support/grpc.ts'
import { Program, type Ready, runProgram, startProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const key = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'
const env = { SVC_MOCK_MASK_KEY: key }
const proto = '    proto: [./proto/crm.proto]\n'

const space = (port: number, settings = proto, more = ''): string =>
  makeFolder({
    'svc-mock.yaml': `services:\n  crm:\n    protocol: grpc\n    hosts: ['crm:50051']\n    upstream: http://127.0.0.1:${port}\n    version: 1.0.0\n${settings}${more}`,
    'proto/crm.proto': crmText,
  })

interface Recorded {
  readonly type: string
  readonly calls: number
  readonly distinct: number
  readonly brokenOff: number
  readonly tooLarge: number
  readonly quarantine: readonly { readonly reason: string }[]
  readonly skipped: Readonly<Record<string, number>>
  readonly fixtures: readonly { readonly notes: readonly string[]; readonly volatile: readonly object[] }[]
}

const recording = async (
  folder: string,
  args: readonly string[] = [],
): Promise<{ listen: string; stop(): Promise<Recorded> }> => {
  const program = new Program(['record', '--port', '0', '--json', ...args], { cwd: folder, env })
  onTestFinished(() => void program.stop('SIGKILL'))
  const { listen } = await program.line<Ready>(({ type }) => type === 'ready')
  return {
    listen,
    stop: async () => {
      const { stdout, code } = await program.stop()
      expect(code).toBe(0)
      return JSON.parse(stdout.trim().split('\n').at(-1)!) as Recorded
    },
  }
}

const replaying = async (
  folder: string,
  given: object = { SVC_MOCK_MASK_KEY: undefined },
): Promise<string> => {
  const { program, ready } = await startProgram({ cwd: folder, env: { ...given } })
  onTestFinished(() => void program.stop('SIGKILL'))
  return ready.listen
}

/** All that was written, names included. */
const written = (folder: string, below: readonly string[] = ['fixtures']): string =>
  below
    .filter((name) => existsSync(join(folder, name)))
    .flatMap((name) => readdirSync(join(folder, name), { recursive: true, withFileTypes: true }))
    .map(
      (entry) =>
        `# ${entry.name}\n${entry.isFile() ? readFileSync(join(entry.parentPath, entry.name), 'utf8') : ''}`,
    )
    .join('\n')

const listed = (client: InventoryClient, id: string): Promise<StreamResult> =>
  drained(stream(client, 'List', { id }))

/** Says one thing, waits for the answer, and says the next. */
const chatted = async (client: InventoryClient, lines: readonly string[]): Promise<StreamResult> => {
  const call = stream(client, 'Chat')
  const left = [...lines]
  const next = (): void => {
    const text = left.shift()
    if (text === undefined) call.end()
    else call.write({ text } as never)
  }
  call.on('data', next)
  const done = drained(call)
  next()
  return done
}

const imported = (client: InventoryClient, phones: readonly string[]): Promise<UnaryResult> =>
  new Promise((resolve) => {
    const call = (
      client as never as Record<
        string,
        (done: (error: never, message: never) => void) => NodeJS.WritableStream
      >
    )['Import']!((error, message) => resolve({ error, message }))
    for (const f13 of phones) call.write({ f13 } as never)
    call.end()
  })

const texts = ({ messages }: StreamResult): unknown[] => messages.map(({ text }) => text)

describe('recording gRPC', () => {
  it('writes mocks that answer every kind of call as the real service did, without what was real', async () => {
    const folder = space(await crmService())
    const { listen, stop } = await recording(folder)
    const ask = async (address: string) => {
      const client = crmClient(address)
      return {
        got: await unary(client, 'Get', { id: '1' }),
        none: await unary(client, 'Get', { id: '404' }),
        list: await listed(client, '2'),
        broken: await listed(client, '404'),
        said: texts(await chatted(client, ['one', 'two'])),
        bye: await chatted(client, ['one', 'bye']),
      }
    }
    const live = await ask(listen)
    // Live traffic is not altered.
    expect(live.got.message).toMatchObject({ mobile: '13800138000', ssn: 'plain words' })
    expect((await imported(crmClient(listen), ['13500135000', '13400134000'])).message).toMatchObject({
      count: 2,
    })
    const { calls, distinct, quarantine } = await stop()
    // The same message of two streams was answered the same, and `bye` is one more of the other's file.
    expect([calls, distinct, quarantine]).toEqual([7, 7, []])

    const text = written(folder, ['fixtures', '.svc-mock'])
    for (const real of [
      ...['13800138000', '13900139000', '13700137000', '13600136000', '13500135000', '13400134000'],
      ...['张伟', 'plain words', '1234567890', 'zhang.wei', 'blue', '4711', '12.5', '1990-03-07'],
      ...['13800138000', 'call 13900139000'].flatMap((one) => [
        Buffer.from(one).toString('base64').slice(0, -4),
        Buffer.from(one).toString('hex'),
      ]),
    ])
      expect(text).not.toContain(real)
    expect((await runProgram(['check'], { cwd: folder })).code).toBe(0)
    expect((await runProgram(['scan'], { cwd: folder })).stderr).toBe('')

    const again = await ask(await replaying(folder))
    const { message } = again.got as { message: Record<string, unknown> }
    expect(Object.keys(message).sort()).toEqual(
      // Neither a switch nor bytes nor the key of a map can be made up: what may not be told is left out.
      Object.keys(live.got.message!)
        .filter((name) => name !== 'flagged')
        .sort(),
    )
    expect(message).toMatchObject({
      id: '1',
      tier: 'K7Q2XM9ZTB4',
      patience: { seconds: '90' },
      serial: '18446744073709551615',
      counts: [1, -2],
      secret: { answer: expect.stringMatching(/^zqx/) },
    })
    expect(message['mobile']).toMatch(/^19999\d{6}$/)
    expect(Object.keys(message['contacts'] as object)).toEqual([expect.stringMatching(/^19999\d{6}$/)])
    // As many digits as fit into 32 bits.
    expect(String(message['pin_block'])).toMatch(/^99999\d{4}$/)
    expect((message['note'] as Buffer).toString()).toMatch(/^\w+ 19999\d{6} \w+$/)
    expect(again.got.metadata!.get('x-region')).toEqual(['cn-east'])
    expect(String(again.got.metadata!.get('x-agent-bin')[0])).toMatch(/ 19999\d{6}$/)
    expect(again.got.trailers!.get('x-cost')).toEqual(['3'])
    expect(again.none.error).toMatchObject({
      code: 5,
      details: expect.stringMatching(/ 19999\d{6}$/),
    })
    // google.rpc.ErrorInfo, with one value masked.
    const detail = String(again.none.trailers!.get('grpc-status-details-bin')[0])
    expect(detail).toContain('google.rpc.ErrorInfo')
    expect(detail).toContain('NO_CUSTOMER')
    expect(detail).toContain(String(message['mobile']))
    expect(again.list.code).toBe(0)
    expect(again.list.messages.map(({ id }) => id)).toEqual(live.list.messages.map(({ id }) => id))
    expect([again.broken.code, again.broken.messages.length]).toEqual([14, 2])
    expect(again.said).toHaveLength(2)
    expect([again.bye.code, again.bye.messages.length]).toEqual([10, 2])
  })

  it('matches the fake, and with the key the real value', async () => {
    const folder = space(await crmService())
    const { listen, stop } = await recording(folder)
    const sent_at = { seconds: String(Math.floor(Date.now() / 1000)), nanos: 0 }
    const asked = { id: '7', phone: '13800138000', trace_id: '4bf92f3577b34da6', sent_at }
    const { message } = await unary(crmClient(listen), 'Get', asked)
    const phones = ['13500135000', '13400134000']
    await imported(crmClient(listen), phones)
    const { fixtures } = await stop()
    expect(fixtures.flatMap(({ volatile }) => volatile)).toEqual([
      { place: 'body.traceId', kind: 'trace id' },
      { place: 'body.sentAt', kind: 'timestamp' },
    ])
    const text = written(folder)
    const fake = /phone:\n\s+\$masked:\n\s+type: cn-mobile\n\s+value: '(19999\d{6})'/.exec(text)![1]!
    const fakes = [...text.matchAll(/mobilePhone:\n\s+\$masked:\n\s+type: cn-mobile\n\s+value: '(\d+)'/g)]
    expect(fakes).toHaveLength(2)
    const other = { ...asked, trace_id: 'another-1', sent_at: { seconds: '1', nanos: 0 } }
    const codes = async (address: string): Promise<(number | undefined)[]> => {
      const client = crmClient(address)
      const results = [
        await unary(client, 'Get', { ...other, phone: fake }),
        await unary(client, 'Get', other),
        await unary(client, 'Get', { ...other, phone: '13800138001' }),
        await imported(
          client,
          fakes.map(([, one]) => one!),
        ),
        await imported(client, phones),
        await imported(client, [...phones].reverse()),
      ]
      return results.map(({ error }) => error?.code)
    }
    expect(message).toMatchObject({ id: '7' })
    expect(await codes(await replaying(folder))).toEqual([undefined, 9, 9, undefined, 9, 9])
    expect(await codes(await replaying(folder, env))).toEqual([
      undefined,
      undefined,
      9,
      undefined,
      undefined,
      9,
    ])
  })

  it('answers a stream both ways at its end where the client did not wait', async () => {
    const folder = space(await crmService())
    const { listen, stop } = await recording(folder)
    const rush = async (address: string): Promise<StreamResult> => {
      const call = stream(crmClient(address), 'Chat')
      const done = drained(call)
      // Both are in one write, so that nothing is answered between them.
      const socket = call as unknown as { cork?(): void; uncork?(): void }
      socket.cork?.()
      call.write({ text: 'PAID' } as never)
      call.write({ text: 'SHIPPED' } as never)
      call.end()
      socket.uncork?.()
      return done
    }
    await rush(listen)
    await stop()
    const again = await rush(await replaying(folder))
    expect([again.code, again.messages.length]).toEqual([0, 2])
  })

  it('leaves out what says nothing of the service: cancelled, timed out, broken off, too large', async () => {
    const folder = space(await crmService())
    const { listen, stop } = await recording(folder, ['--max-bytes', '300'])
    const client = crmClient(listen)
    expect((await unary(client, 'Get', { id: '504' })).error?.code).toBe(1)
    const late = await unary(client, 'Get', { id: '999' }, { options: { deadline: Date.now() + 300 } })
    expect(late.error?.code).toBe(4)
    const call = stream(client, 'Chat')
    const over = drained(call)
    call.on('data', () => call.cancel())
    call.write({ text: 'PAID' } as never)
    expect((await over).code).toBe(1)
    expect((await listed(client, '2')).messages).toHaveLength(2)
    const told = await stop()
    expect(told.brokenOff).toBe(2)
    expect(told.tooLarge).toBe(1)
    expect(told.skipped).toEqual({ 'crm: the call was cancelled': 1 })
    expect(written(folder)).toBe('')
  })

  it('undoes compression, and asks for the metadata that is listed', async () => {
    const folder = space(
      await crmService(),
      proto,
      'record: { headers: [x-user, x-tenant, x-agent-bin, x-raw-bin] }\n',
    )
    const { listen, stop } = await recording(folder)
    const options = { 'grpc.default_compression_algorithm': 2, 'grpc.default_compression_level': 2 }
    const metadata = {
      'x-user': '13800138000',
      'x-tenant': 'north',
      'x-other': 'anything',
      authorization: 'Bearer abcdefgh12345678',
      'x-agent-bin': Buffer.from('READY'),
      'x-raw-bin': Buffer.from([1, 2, 3, 250]),
    }
    await unary(crmClient(listen, options), 'Get', { id: '5' }, { metadata })
    await stop()
    const text = written(folder)
    expect(text).toContain('metadata:\n        x-user:\n          $masked:\n            type: cn-mobile')
    expect(text).toContain('x-tenant: north')
    expect(text).toContain(`x-agent-bin: ${Buffer.from('READY').toString('base64')}`)
    for (const left of ['x-other', 'authorization', 'abcdefgh', 'x-raw-bin', 'grpc-encoding'])
      expect(text).not.toContain(left)
    const client = crmClient(await replaying(folder, env), options)
    expect((await unary(client, 'Get', { id: '5' }, { metadata })).message).toMatchObject({ id: '5' })
    const other = { ...metadata, 'x-tenant': 'green' }
    expect((await unary(client, 'Get', { id: '5' }, { metadata: other })).error?.code).toBe(9)
  })

  it('asks the real service for definitions where none are named, and says what is missing', async () => {
    const told = await crmService(['--reflection'])
    const folder = space(told, '')
    const { listen, stop } = await recording(folder)
    await unary(crmClient(listen), 'Get', { id: '5' })
    expect((await stop()).distinct).toBe(1)
    // debug_redact is told by reflection, too.
    expect(written(folder)).not.toContain('plain words')
    const config = join(folder, 'svc-mock.yaml')
    writeFileSync(config, `${readFileSync(config, 'utf8')}    reflection: true\n`)
    const { message } = await unary(crmClient(await replaying(folder)), 'Get', { id: '5' })
    expect(message).toMatchObject({ id: '5', tier: 'K7Q2XM9ZTB4' })

    const silent = space(await crmService(), '')
    const program = new Program(['record', '--port', '0', '--json'], { cwd: silent, env })
    onTestFinished(() => void program.stop('SIGKILL'))
    const ready = await program.line<Ready>(({ type }) => type === 'ready')
    await unary(crmClient(ready.listen), 'Get', { id: '5' })
    const { stdout, stderr } = await program.stop()
    expect(stdout + stderr).toContain('crm cannot be recorded: the real service could not be asked')
    const { quarantine } = JSON.parse(stdout.trim().split('\n').at(-1)!) as Recorded
    expect(quarantine).toMatchObject([
      {
        service: 'crm',
        operation: 'crm.Customers/Get',
        reason: expect.stringContaining('nothing defines its messages; name its .proto'),
        count: 1,
      },
    ])
    expect(written(silent)).toBe('')
  })

  it('records what no mock answers, where onMiss says so', async () => {
    const folder = space(await crmService(), proto, 'onMiss: record\n')
    mkdirSync(join(folder, 'mocks/crm'), { recursive: true })
    writeFileSync(
      join(folder, 'mocks/crm/m.yaml'),
      'protocol: grpc\nmocks:\n  - request: { method: Get, message: { id: 1 } }\n    response: { message: { id: 100 } }\n',
    )
    const { program, ready } = await startProgram({ cwd: folder, env })
    onTestFinished(() => void program.stop('SIGKILL'))
    const client = crmClient(ready.listen)
    expect((await unary(client, 'Get', { id: '1' })).message).toMatchObject({ id: '100' })
    // The mock has read the message, and the real service is given it all the same.
    expect((await unary(client, 'Get', { id: '2' })).message).toMatchObject({ id: '2' })
    // Mocks are asked about each message first.
    expect(texts(await chatted(client, ['ONE', 'TWO']))).toEqual(['you said ONE', 'you said TWO'])
    await program.stop()
    expect(written(folder)).toContain('id: 2')
    expect(written(folder)).toContain('text: TWO')
    expect(written(folder)).not.toContain('id: 1\n')
  })
})
