/** How a service of protocol kafka is shared: where its brokers are, whose its topics are, and who asks questions of our own. */
import type { Authority, KafkaSettings, TopicPolicy } from '../core/service-entry.ts'
import type { Path } from '../yaml/tree.ts'
import { type Parsed, parseAuthority, parseListen } from './authority.ts'
import { readLaneTenant, refuseKeysOf } from './one-protocol.ts'
import type { Environment } from './overrides.ts'
import type { Report } from './report.ts'
import type { ServiceFile } from './schema.ts'
import { readValueFormat } from './value-format.ts'

const kafkaKeys = ['topics', 'sasl', 'advertise'] as const

/** `b1:9092,b2:9092`, a YAML list of the same, `kafkas://b1:9093,b2:9093` with TLS. At least one, when it is right. */
export const parseBrokers = (written: string | readonly string[]): Parsed<readonly Authority[]> => {
  const parts = (typeof written === 'string' ? [written] : written)
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
  const scheme = /^(kafkas?):\/\//i.exec(parts[0] ?? '')?.[1]?.toLowerCase() ?? 'kafka'
  const brokers: Authority[] = []
  for (const part of parts) {
    const parsed = parseAuthority(/^[a-z][a-z0-9+.-]*:\/\//i.test(part) ? part : `${scheme}://${part}`)
    if (!parsed.ok) return parsed
    if (parsed.value.scheme !== scheme) {
      return {
        ok: false,
        message: `the brokers begin with ${scheme}://, and ${JSON.stringify(part)} does not`,
        hint: 'all brokers of one service speak TLS (kafkas://), or none (kafka://)',
      }
    }
    brokers.push(parsed.value)
  }
  return { ok: true, value: brokers }
}

/** `brokers`: of its upstream; none where it is embedded, or wrong. */
export const readKafka = (
  settings: ServiceFile,
  protocol: string,
  path: Path,
  brokers: readonly Authority[],
  env: Environment,
  report: Report,
): KafkaSettings | undefined => {
  if (protocol !== 'kafka') {
    refuseKeysOf('kafka', kafkaKeys, settings, protocol, path, report)
    return undefined
  }
  return {
    tenant: readLaneTenant(settings, path, report),
    brokers,
    topics: Object.entries(settings.topics ?? {}).map(([match, policy]) =>
      readTopic(match, policy ?? {}, [...path, 'topics', match], report),
    ),
    sasl: readSasl(settings, [...path, 'sasl'], env, report),
    advertise: readAdvertise(settings, [...path, 'advertise'], report),
  }
}

type TopicFile = NonNullable<NonNullable<ServiceFile['topics']>[string]>

const readTopic = (match: string, policy: TopicFile, path: Path, report: Report): TopicPolicy => {
  const { lane = 'mirror' } = policy
  if (lane === 'private') {
    for (const key of ['offline', 'alsoUntagged', 'tagFrom'] as const) {
      if (policy[key] === undefined) continue
      report.add([...path, key], {
        message: `${key} is about a topic that is shared, and with lane: private the tenant has its own`,
        hint: 'remove it, or write lane: mirror or lane: guarded',
        onKey: true,
      })
    }
  } else if (lane === 'mirror' && policy.offline !== undefined) {
    report.add([...path, 'offline'], {
      message: 'offline says what a guard does, and with lane: mirror there is none',
      hint: 'remove it, or write lane: guarded',
      onKey: true,
    })
  }
  const header = /^header:\s*(\S.*)$/.exec(policy.tagFrom ?? '')?.[1]
  if (policy.tagFrom !== undefined && header === undefined) {
    report.add([...path, 'tagFrom'], {
      message: `${JSON.stringify(policy.tagFrom)} does not say where a record names its tenant`,
      hint: 'write header:x-tenant',
    })
  }
  return {
    match,
    lane,
    offline: policy.offline ?? 'hold',
    alsoUntagged: policy.alsoUntagged ?? false,
    start: policy.start ?? 'latest',
    tagFrom: header,
    value: readValueFormat(policy.value, [...path, 'value'], report),
  }
}

const readAdvertise = (
  { advertise }: ServiceFile,
  path: Path,
  report: Report,
): KafkaSettings['advertise'] => {
  if (advertise === undefined) return undefined
  const parsed = parseListen(advertise)
  if (parsed.ok && parsed.value.port > 0) return parsed.value
  report.add(path, {
    message: `${JSON.stringify(advertise)} is no address that clients could be told`,
    hint: 'write host:port, as gateway.test.example.com:9200; brokers have ports from this one on',
  })
  return undefined
}

/** The password stands in a variable of the environment, since svc-mock.yaml is everybody's. */
const readSasl = (
  { sasl }: ServiceFile,
  path: Path,
  env: Environment,
  report: Report,
): KafkaSettings['sasl'] => {
  if (sasl === undefined) return undefined
  const variable = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(sasl.password)?.[1]
  if (variable === undefined) {
    report.add([...path, 'password'], {
      message: 'the password of sasl stands in svc-mock.yaml',
      hint: 'name a variable of the environment: password: ${KAFKA_PASSWORD}',
    })
    return undefined
  }
  const password = env[variable]
  if (password === undefined || password === '') {
    report.add([...path, 'password'], {
      message: `the variable ${variable} is not set`,
      hint: `export ${variable}=…`,
    })
    return undefined
  }
  return { mechanism: sasl.mechanism, username: sasl.username, password }
}
