/**
 * A real Kafka for tests: one broker in KRaft mode, from the ordinary Maven artifacts, on free ports, with its log in a folder
 * that goes with it. KAFKA_HOME names an unpacked distribution to be used instead, and KAFKA_BROKERS (`host:port,…`) a cluster that runs, for
 * tests that neither end brokers nor need settings of theirs; it keeps their topics and groups.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './redis.ts'

const folder = fileURLToPath(new URL('./kafka', import.meta.url))

/** Where the jars are; undefined, with one line that says why, when they cannot be had. */
export const kafkaJars = (): string | undefined => {
  const home = process.env['KAFKA_HOME']
  if (home !== undefined && home !== '') return join(home, 'libs')
  const version = /<version>(\d+\.\d+\.\d+)</.exec(readFileSync(join(folder, 'pom.xml'), 'utf8'))![1]!
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const jars = join(cache, 'svc-mock-test', `kafka-${version}`)
  if (existsSync(jars)) return jars
  const why = alone(`${jars}.lock`, () => (existsSync(jars) ? undefined : fetchJars(jars)))
  if (why === undefined) return jars
  const required = (process.env['SVC_MOCK_TEST_REQUIRE'] ?? '').split(',').includes('kafka')
  if (required) throw new Error(`Kafka is required for the tests here: ${why}`)
  process.stderr.write(`skipped: tests with a real Kafka: ${why}\n`)
  return undefined
}

/** Maven does not like to be run several times at once; whoever holds the lock for long has been ended. */
const alone = <T>(lock: string, work: () => T): T => {
  mkdirSync(dirname(lock), { recursive: true })
  for (let tries = 0; tries < 600; tries++) {
    try {
      mkdirSync(lock)
      break
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    }
  }
  try {
    return work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

/** Into a folder that gets its name when all is there: several tests may do so at once. */
const fetchJars = (jars: string): string | undefined => {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' })
  if (java.status !== 0) return 'java is not on PATH'
  const release = Number(/version "(\d+)/.exec(java.stderr)?.[1])
  if (!(release >= 17)) return `Kafka 4 needs Java 17, and this is ${release}`
  if (spawnSync('mvn', ['--version'], { stdio: 'ignore' }).status !== 0) return 'mvn is not on PATH'
  const made = `${jars}.${randomUUID()}`
  mkdirSync(made, { recursive: true })
  const { status, stdout } = spawnSync(
    'mvn',
    [
      '-q',
      '-B',
      '-f',
      join(folder, 'pom.xml'),
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${made}`,
    ],
    { encoding: 'utf8' },
  )
  if (status !== 0 || readdirSync(made).length === 0) {
    rmSync(made, { recursive: true, force: true })
    return `Maven could not fetch its artifacts: ${stdout.split('\n').find((line) => line !== '') ?? ''}`
  }
  try {
    renameSync(made, jars)
  } catch {
    // Somebody else was faster.
    rmSync(made, { recursive: true, force: true })
  }
  return undefined
}

/** What all tests may ask of a cluster. */
export interface SomeKafka {
  /** `host:port` of a plain listener. */
  readonly address: string
  /** On this machine: the same, or a way there. */
  readonly port: number
  stop(): Promise<void>
}

export interface KafkaBroker extends SomeKafka {
  /** Where brokers of the same cluster find their controller. */
  readonly controllerPort: number
  /** Ends it hard, as a machine that goes away; what it has written stays. */
  kill(): Promise<void>
  /** On the same port with the same log. */
  restart(): Promise<void>
}

/** For tests that need nothing special: the cluster of KAFKA_BROKERS, or a broker of our own. undefined: neither can be had. */
export const someKafka = (): (() => Promise<SomeKafka>) | undefined => {
  const [address] = (process.env['KAFKA_BROKERS'] ?? '').split(',').filter((one) => one !== '')
  if (address !== undefined) return () => wayTo(address)
  const jars = kafkaJars()
  return jars === undefined ? undefined : () => startKafka(jars)
}

const wayTo = async (address: string): Promise<SomeKafka> => {
  const { hostname, port } = new URL(`tcp://${address}`)
  const server = createServer((client) => {
    const broker = connect(Number(port), hostname.replace(/^\[|\]$/g, ''))
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address,
    port: (server.address() as AddressInfo).port,
    stop: async () => void server.close(),
  }
}

export interface KafkaOptions {
  /** Makes it the second broker of this one's cluster. */
  readonly beside?: KafkaBroker
  /** Lines of server.properties besides. */
  readonly properties?: readonly string[]
  /** Users known to SCRAM: `SCRAM-SHA-256=[name=…,password=…]`. */
  readonly scram?: readonly string[]
  /** `SASL_PLAINTEXT`, `SSL` …; default PLAINTEXT. */
  readonly protocol?: string
}

/** For hooks: a broker takes two seconds, and many more where everything else is busy, too. */
export const startMs = 120_000

// The broker is small here, and gone soon: no time for the second compiler.
const virtualMachine = ['-Xmx320m', '-Xss512k', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']

export const javaArguments = (jars: string): readonly string[] => [
  ...virtualMachine,
  `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`,
  '-cp',
  join(jars, '*'),
]

/** Rejects when it ends before it is ready. */
export const startKafka = async (jars: string, options: KafkaOptions = {}): Promise<KafkaBroker> => {
  const data = mkdtempSync(join(tmpdir(), 'svc-mock-kafka-'))
  const { beside } = options
  const [port, controller] = [await freePort(), beside?.controllerPort ?? (await freePort())]
  const file = join(data, 'server.properties')
  const listener = options.protocol ?? 'PLAINTEXT'
  writeFileSync(
    file,
    [
      `process.roles=${beside === undefined ? 'broker,controller' : 'broker'}`,
      `node.id=${beside === undefined ? 1 : 2}`,
      `controller.quorum.voters=1@127.0.0.1:${controller}`,
      `listeners=${listener}://127.0.0.1:${port}${beside === undefined ? `,CONTROLLER://127.0.0.1:${controller}` : ''}`,
      `advertised.listeners=${listener}://127.0.0.1:${port}`,
      'controller.listener.names=CONTROLLER',
      `inter.broker.listener.name=${listener}`,
      `listener.security.protocol.map=CONTROLLER:PLAINTEXT,${listener}:${listener}`,
      `log.dirs=${join(data, 'log')}`,
      'offsets.topic.replication.factor=1',
      'offsets.topic.num.partitions=1',
      'transaction.state.log.replication.factor=1',
      'transaction.state.log.min.isr=1',
      'transaction.state.log.num.partitions=1',
      'share.coordinator.state.topic.replication.factor=1',
      'share.coordinator.state.topic.min.isr=1',
      // A group that is empty otherwise waits three seconds for more members.
      'group.initial.rebalance.delay.ms=0',
      // One that was ended hard is waited for as long.
      'broker.session.timeout.ms=1000',
      'broker.heartbeat.interval.ms=200',
      'group.min.session.timeout.ms=500',
      'num.partitions=1',
      'num.network.threads=2',
      'num.io.threads=4',
      'log.cleaner.enable=false',
      ...(options.properties ?? []),
    ].join('\n'),
  )
  const formatted = spawnSync(
    'java',
    [
      ...javaArguments(jars),
      'kafka.tools.StorageTool',
      'format',
      '-t',
      'svc-mock-test-cluster-',
      '-c',
      file,
      ...(options.scram ?? []).flatMap((one) => ['--add-scram', one]),
    ],
    { encoding: 'utf8' },
  )
  if (formatted.status !== 0) throw new Error(`Kafka's storage: ${formatted.stdout}${formatted.stderr}`)
  let child = await run(jars, file)
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return {
    address: `127.0.0.1:${port}`,
    port,
    controllerPort: controller,
    kill,
    restart: async () => {
      await kill()
      child = await run(jars, file)
    },
    stop: async () => {
      await kill()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

const run = async (jars: string, file: string): Promise<ChildProcess> => {
  const child = spawn('java', [...javaArguments(jars), 'kafka.Kafka', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // Whoever ends the tests hard must not leave a broker behind.
  const onExit = (): void => void child.kill('SIGKILL')
  process.once('exit', onExit)
  child.once('exit', () => process.off('exit', onExit))
  await new Promise<void>((resolve, reject) => {
    let said = ''
    const hear = (chunk: Buffer): void => {
      if (said.length < 20_000) said += chunk.toString()
      if (said.includes('Kafka Server started')) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', (code) => reject(new Error(`Kafka ended with ${code}: ${said}`)))
    child.once('error', reject)
  })
  return child
}
