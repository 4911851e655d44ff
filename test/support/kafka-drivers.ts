/** The same few things with every client: librdkafka (through Python), the Java client, @platformatic/kafka, kafkajs. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  Consumer,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'
import { onTestFinished } from 'vitest'
import { javaArguments, kafkaJars } from './kafka.ts'
import { kafkaJs, producer, reading } from './kafka-clients.ts'

export interface Read {
  readonly values: readonly string[]
  /** Fetch requests that it took; undefined: the client does not count. */
  readonly fetches: number | undefined
}

export interface Driver {
  readonly name: string
  /** What it can compress with. */
  readonly codecs: readonly string[]
  /** `config`: in librdkafka's and Java's words; others know `compression.type` only. */
  produce(port: number, topic: string, values: readonly string[], config?: Config): Promise<void>
  /** In a group, from the earliest record on, until `count` have come. */
  consume(port: number, topic: string, group: string, count: number, config?: Config): Promise<Read>
}

/** `abort`: the transaction is aborted. */
export type Config = Readonly<Record<string, string>>

const python = process.env['SVC_MOCK_TEST_PYTHON'] ?? 'python3'
const required = (process.env['SVC_MOCK_TEST_REQUIRE'] ?? '').split(',')

const here = (what: string, there: boolean): boolean => {
  if (!there && required.includes(what)) throw new Error(`${what} is required for the tests here`)
  if (!there) process.stderr.write(`skipped: tests with ${what}\n`)
  return there
}

/** Those that can be had here. */
export const drivers = (): readonly Driver[] => {
  const rdkafka = here(
    'confluent_kafka',
    spawnSync(python, ['-c', 'import confluent_kafka'], { stdio: 'ignore' }).status === 0,
  )
  const jars = kafkaJars()
  const classes = jars === undefined ? undefined : compiled(jars)
  return [
    kafkaJsDriver,
    platformatic,
    ...(rdkafka ? [librdkafka] : []),
    ...(jars === undefined || classes === undefined ? [] : [java(jars, classes)]),
  ]
}

const kafkaJsDriver: Driver = {
  name: 'kafkajs',
  codecs: ['none', 'gzip'],
  produce: async (port, topic, values, config) => {
    const sender = await producer(kafkaJs(port))
    const compression = config?.['compression.type'] === 'gzip' ? 1 : 0
    await sender.send({ topic, compression, messages: values.map((value) => ({ value })) })
  },
  consume: async (port, topic, group, count) => {
    const read = await reading(kafkaJs(port), topic, group)
    const values = [...(await read.until(count))]
    return { values, fetches: read.fetches() }
  },
}

const platformatic: Driver = {
  name: '@platformatic/kafka',
  codecs: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
  produce: async (port, topic, values, config) => {
    const sender = new Producer({
      clientId: 'platformatic',
      bootstrapBrokers: [`127.0.0.1:${port}`],
      serializers: stringSerializers,
      compression: (config?.['compression.type'] ?? 'none') as 'none',
    })
    await sender.send({ messages: values.map((value) => ({ topic, value })) })
    await sender.close()
  },
  consume: async (port, topic, groupId, count, config) => {
    const consumer = new Consumer({
      clientId: 'platformatic',
      groupId,
      bootstrapBrokers: [`127.0.0.1:${port}`],
      deserializers: stringDeserializers,
      ...(config?.['group.protocol'] === 'consumer' && { groupProtocol: 'consumer' as const }),
    })
    const stream = await consumer.consume({
      topics: [topic],
      mode: MessagesStreamModes.EARLIEST,
      maxWaitTime: 200,
      autocommit: true,
    })
    const values: string[] = []
    for await (const message of stream) {
      values.push(String(message.value))
      if (values.length >= count) break
    }
    await stream.close()
    await consumer.close(true)
    return { values, fetches: undefined }
  },
}

const librdkafka: Driver = {
  name: 'librdkafka',
  codecs: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
  produce: async (port, topic, values, { abort, ...config } = {}) => {
    const [said] = await talk({ do: 'produce', brokers: `127.0.0.1:${port}`, topic, values, config, abort })
    const failed = (said as { failed: string[] }).failed
    if (failed.length > 0) throw new Error(failed.join())
  },
  consume: async (port, topic, group, count, config) => {
    const said = await talk({ do: 'consume', brokers: `127.0.0.1:${port}`, topic, group, count, config })
    const errors = said.filter((one) => 'error' in one)
    if (errors.length > 0) throw new Error(JSON.stringify(errors))
    return said.at(-1) as unknown as Read
  },
}

const client = fileURLToPath(new URL('./kafka/client.py', import.meta.url))

const talk = async (order: object): Promise<Record<string, unknown>[]> => {
  const out = await output(python, [client], `${JSON.stringify(order)}\n`)
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Ends with the test. */
const output = (program: string, args: readonly string[], input = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let out = ''
    let problems = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      problems = (problems + chunk.toString()).slice(-5_000)
    })
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`${code}: ${out}${problems}`)),
    )
    child.stdin.end(input)
  })

const compiled = (jars: string): string | undefined => {
  const classes = mkdtempSync(join(tmpdir(), 'svc-mock-kafka-client-'))
  process.once('exit', () => rmSync(classes, { recursive: true, force: true }))
  const source = fileURLToPath(new URL('./kafka/Client.java', import.meta.url))
  const { status } = spawnSync('javac', ['-cp', join(jars, '*'), '-d', classes, source], { stdio: 'inherit' })
  return here('javac', status === 0) ? classes : undefined
}

const java = (jars: string, classes: string): Driver => {
  const run = (args: readonly string[], port: number, config: Config): Promise<string> => {
    const options = javaArguments(jars).map((one) => (one === join(jars, '*') ? `${one}:${classes}` : one))
    const settings = Object.entries({ 'bootstrap.servers': `127.0.0.1:${port}`, ...config })
    return output('java', [
      ...options,
      'Client',
      ...args,
      ...settings.map(([name, value]) => `${name}=${value}`),
    ])
  }
  return {
    name: 'Java',
    codecs: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
    produce: async (port, topic, values, { abort, ...config } = {}) => {
      await run(['produce', topic, abort === undefined ? 'commit' : 'abort', values.join()], port, config)
    },
    consume: async (port, topic, group, count, config = {}) => {
      const out = await run(['consume', topic, group, String(count)], port, config)
      const [, values, fetches] = /^values (\S*) (\d+)$/m.exec(out)!
      return { values: values!.split(','), fetches: Number(fetches) }
    },
  }
}
