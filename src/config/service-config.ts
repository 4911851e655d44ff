/** One service's settings with defaults filled in, and what is wrong with them. */
import { booleanHint } from '../core/boolean-words.ts'
import type { ScriptLimits } from '../core/script.ts'
import type { VersionFrom } from '../core/service-entry.ts'
import type { Path } from '../yaml/tree.ts'
import { type Parsed, parseAuthority, parseListen } from './authority.ts'
import type { ServiceConfig } from './config.ts'
import { readContract } from './contract-config.ts'
import { parseHostPattern } from './host-pattern.ts'
import { parseBrokers, readKafka } from './kafka-config.ts'
import type { Environment } from './overrides.ts'
import { readProto } from './proto-config.ts'
import { readRedis } from './redis-config.ts'
import type { Report } from './report.ts'
import type { ConfigFile, ServiceFile } from './schema.ts'
import { readServiceScript } from './script-limits.ts'
import { readFault } from './service-fault.ts'
import { readTls } from './service-tls.ts'

export const defaultVersionFrom: VersionFrom = { kind: 'header', name: 'svcm-version' }

export const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value

/** Where a host of a service is written. */
export interface NamedHost {
  readonly text: string
  readonly path: Path
}

/** Its own hosts, or else its name; then what the top-level templates make of the name. */
export const hostsOf = (name: string, file: ConfigFile): readonly NamedHost[] => {
  const hosts = file.services?.[name]?.hosts
  const path = ['services', name, 'hosts']
  const own = listOf(hosts).map((text, i) => ({
    text,
    path: typeof hosts === 'string' ? path : [...path, i],
  }))
  const templates = listOf(file.hosts).flatMap((template, i) => {
    if (!template.includes('{service}')) return []
    const at = typeof file.hosts === 'string' ? ['hosts'] : ['hosts', i]
    return [{ text: template.replaceAll('{service}', name), path: at }]
  })
  return [...(hosts === undefined ? [{ text: name, path: ['services', name] }] : own), ...templates]
}

/** `mostScript`: what the workspace allows scripts at most. */
export const readService = (
  name: string,
  file: ConfigFile,
  mostScript: ScriptLimits,
  env: Environment,
  report: Report,
): ServiceConfig => {
  const settings: ServiceFile = file.services?.[name] ?? {}
  const path: Path = ['services', name]
  const protocol = settings.protocol ?? 'http'
  const embedded = settings.upstream === 'embedded'
  const brokers =
    protocol === 'kafka' && !embedded
      ? parsed(settings.upstream, [...path, 'upstream'], parseBrokers, report)
      : undefined
  const upstream =
    protocol === 'kafka'
      ? brokers?.[0]
      : parsed(
          oneUpstream(settings, protocol, [...path, 'upstream'], report),
          [...path, 'upstream'],
          parseAuthority,
          report,
        )
  const listen = parsed(settings.listen?.toString(), [...path, 'listen'], parseListen, report)
  checkName(name, report)
  checkCors(settings.cors, [...path, 'cors'], report)
  const service: ServiceConfig = {
    name,
    protocol,
    hosts: hostsOf(name, file)
      .map(({ text }) => text)
      .filter((text) => parseHostPattern(text).ok),
    upstream,
    embedded,
    mode: settings.mode ?? (protocol === 'tcp' ? 'passthrough' : 'mock'),
    onMiss: settings.onMiss ?? inheritedMiss(file, protocol),
    version: settings.version?.toString(),
    versionFrom:
      readVersionFrom(settings.versionFrom, [...path, 'versionFrom'], report) ??
      readVersionFrom(file.versionFrom, ['versionFrom'], report) ??
      defaultVersionFrom,
    listen,
    tls: readTls(settings, protocol, [...path, 'tls'], report),
    fault: faultOf(settings, protocol, [...path, 'fault'], report),
    script: readServiceScript(settings.script, [...path, 'script'], mostScript, report),
    cors: typeof settings.cors === 'string' ? [settings.cors] : (settings.cors ?? true),
    proto: readProto(settings, path, report),
    contract: readContract(settings, [...path, 'contract'], report),
    redis: readRedis(settings, protocol, path, report),
    kafka: readKafka(settings, protocol, path, brokers ?? [], env, report),
  }
  checkNeeds(service, settings, report)
  return service
}

/** Only brokers are several. */
const oneUpstream = (
  { upstream }: ServiceFile,
  protocol: string,
  path: Path,
  report: Report,
): string | undefined => {
  if (upstream === undefined || typeof upstream === 'string') return upstream
  report.add(path, {
    message: `${protocol} has one upstream, and this is a list`,
    hint: `write upstream: ${upstream[0] ?? `${schemesOf(protocol)[0]}://host:port`}`,
  })
  return undefined
}

const faultOf = (
  { fault }: ServiceFile,
  protocol: string,
  path: Path,
  report: Report,
): ServiceConfig['fault'] =>
  fault === undefined
    ? undefined
    : readFault(fault, protocol, (below, complaint) => report.add([...path, ...below], complaint))

const parsed = <W extends string | readonly string[], T>(
  text: W | undefined,
  path: Path,
  parse: (text: W) => Parsed<T>,
  report: Report,
): T | undefined => {
  if (text === undefined || text === 'embedded') return undefined
  const result = parse(text)
  if (result.ok) return result.value
  report.add(path, result)
  return undefined
}

/** A name is a host, too, when no hosts are listed, and a folder of the library. */
const checkName = (name: string, report: Report): void => {
  const parsed = parseHostPattern(name)
  const plain = parsed.ok && parsed.pattern.port === undefined && parsed.pattern.basePath === ''
  if (plain && parsed.pattern.host.kind === 'exact') return
  report.add(['services', name], {
    message: `${JSON.stringify(name)} is no name for a service`,
    hint: 'use letters, digits, - . and _; put addresses under hosts',
    onKey: true,
  })
}

/** What cannot be recorded passes where the whole file says record. */
const inheritedMiss = ({ onMiss = 'fail' }: ConfigFile, protocol: string): ServiceConfig['onMiss'] =>
  // A cache answers what was put into it, and topics are read by others: most of what passes there is nobody's mock.
  protocol === 'redis' || protocol === 'kafka'
    ? 'passthrough'
    : onMiss === 'record' && !recordable.has(protocol)
      ? 'passthrough'
      : onMiss

/** Those whose dialect has a `fixture`: calls that no mock answers can be recorded. */
const recordable: ReadonlySet<string> = new Set(['http', 'grpc'])
/** Those whose dialect has a `message`: all that passes is recorded, or nothing. */
const messages: ReadonlySet<string> = new Set(['kafka'])

const checkRecordable = (
  { name, protocol, mode, onMiss }: ServiceConfig,
  settings: ServiceFile,
  report: Report,
): void => {
  if (recordable.has(protocol) || (mode !== 'record' && onMiss !== 'record')) return
  if (messages.has(protocol) && onMiss !== 'record') return
  const key = settings.mode === 'record' && !messages.has(protocol) ? 'mode' : 'onMiss'
  report.add(['services', name, key], {
    code: isByPort(protocol) ? 'CONFIG_INVALID' : 'NOT_YET_SUPPORTED',
    message: messages.has(protocol)
      ? `${name} speaks ${protocol}, whose messages are recorded all together or not at all`
      : `${name} speaks ${protocol}, which cannot be recorded${isByPort(protocol) ? '' : ' yet'}`,
    hint: messages.has(protocol) ? 'write mode: record, or onMiss: passthrough' : `write ${key}: passthrough`,
  })
}

/** Protocols of services that have ports of their own only. */
const isByPort = (protocol: string): boolean => ['tcp', 'redis', 'kafka'].includes(protocol)

/** How an upstream's address of this protocol begins. */
const schemesOf = (protocol: string): readonly string[] => ownSchemes[protocol] ?? ['http', 'https']

const ownSchemes: Readonly<Record<string, readonly string[]>> = {
  tcp: ['tcp'],
  redis: ['redis', 'rediss'],
  kafka: ['kafka', 'kafkas'],
}

/** Those whose protocol `embeds`. */
export const embeddable: ReadonlySet<string> = new Set(['redis', 'kafka'])

/** What only a real service can have. */
const realOnly = ['cluster', 'tls'] as const

const checkEmbedded = (
  { name, protocol, embedded }: ServiceConfig,
  settings: ServiceFile,
  report: Report,
): void => {
  if (!embedded) return
  const path = ['services', name]
  if (!embeddable.has(protocol)) {
    report.add([...path, 'upstream'], {
      message: `${name} speaks ${protocol}, which cannot be embedded`,
      hint: `write upstream: ${schemesOf(protocol)[0]}://host:port`,
    })
    return
  }
  for (const key of realOnly) {
    if (settings[key] === undefined || settings[key] === false) continue
    report.add([...path, key], {
      message: `${key} is for a real service, and ${name} is embedded`,
      hint: `remove it, or write upstream: ${schemesOf(protocol)[0]}://host:port`,
      onKey: true,
    })
  }
}

const checkNeeds = (service: ServiceConfig, settings: ServiceFile, report: Report): void => {
  const path = ['services', service.name]
  const { name, protocol, mode } = service
  const byPort = isByPort(protocol)
  const schemes = schemesOf(protocol)
  checkRecordable(service, settings, report)
  checkEmbedded(service, settings, report)
  if (protocol === 'tcp' && mode === 'mock') {
    report.add([...path, 'mode'], {
      message: `${name} speaks ${protocol}, which has no mocks`,
      hint: 'write mode: passthrough or mode: direct',
    })
  }
  if (byPort && settings.listen === undefined) {
    report.add(path, {
      message: `${name} speaks ${protocol} and has no port of its own`,
      hint: 'add listen: 127.0.0.1:<port>',
      onKey: true,
    })
  }
  if (settings.upstream === undefined && (byPort || mode === 'direct')) {
    const why = byPort ? `speaks ${protocol}` : 'has mode direct'
    report.add(mode === 'direct' && settings.mode !== undefined ? [...path, 'mode'] : path, {
      message: `${name} ${why} and has no upstream`,
      hint: `add upstream: ${schemes[0]}://host:port${embeddable.has(protocol) ? ', or upstream: embedded' : ''}`,
      onKey: settings.mode === undefined,
    })
  }
  const scheme = service.upstream?.scheme
  if (scheme !== undefined && !schemes.includes(scheme)) {
    const wanted = protocol === 'tcp' ? 'tcp://host:port' : schemes.map((one) => `${one}://`).join(' or ')
    report.add([...path, 'upstream'], {
      message: `the upstream of ${name} has the scheme ${scheme}, and its protocol is ${protocol}`,
      hint: `use ${wanted}, or change protocol`,
    })
  }
}

const checkCors = (cors: ServiceFile['cors'], path: Path, report: Report): void => {
  if (cors === undefined || typeof cors === 'boolean') return
  listOf(cors).forEach((origin, i) => {
    if (URL.canParse(origin) && new URL(origin).origin === origin) return
    report.add(typeof cors === 'string' ? path : [...path, i], {
      message: `${JSON.stringify(origin)} is no origin of a web page`,
      hint:
        origin === '*'
          ? 'for any origin write cors: true'
          : (booleanHint(cors) ?? 'write scheme, host and port, as http://localhost:3000'),
    })
  })
}

const readVersionFrom = (text: string | undefined, path: Path, report: Report): VersionFrom | undefined => {
  if (text === undefined) return undefined
  const header = /^header:\s*([!#$%&'*+\-.^_`|~\w]+)$/.exec(text)
  if (header !== null) return { kind: 'header', name: header[1]!.toLowerCase() }
  const template = /^path:\s*(\/\S*)$/.exec(text)?.[1]
  if (template !== undefined && template.split('{version}').length === 2) return { kind: 'path', template }
  report.add(path, {
    message: `${JSON.stringify(text)} does not say where a call names its version`,
    hint: 'write header:x-api-version or path:/v{version}/',
  })
  return undefined
}
