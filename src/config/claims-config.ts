/** `claims:` of a tenant: what calls, or messages on a bus, look like that are its own without any tag. */
import {
  type Claim,
  type ClaimTest,
  type MessageClaim,
  type MessageTest,
  overlap,
  overlapInMessages,
  type TextSection,
} from '../core/claim.ts'
import { type BodyCondition, SpecError, type TextCondition } from '../core/matcher.ts'
import { formatLocation } from '../core/source.ts'
import type { Path } from '../yaml/tree.ts'
import type { ServiceConfig } from './config.ts'
import type { Report } from './report.ts'

export type CompileText = (spec: unknown) => TextCondition
export type CompileBody = (spec: unknown) => BodyCondition

/** What claims are compiled with; absent: they are not looked at. */
export interface ClaimCompilers {
  readonly text: CompileText | undefined
  readonly body: CompileBody | undefined
}

/** A claim, of one kind, and where it stands. */
export interface Written {
  readonly claim?: Claim
  readonly message?: MessageClaim
  readonly path: Path
}

const sections: readonly TextSection[] = ['headers', 'query', 'cookies']
/** What makes it a claim on messages. */
const ofMessages = ['topic', 'key', 'value'] as const
const ofCalls = ['query', 'cookies', 'body'] as const

export type ClaimFile = Partial<Record<TextSection, Readonly<Record<string, unknown>> | undefined>> & {
  readonly body?: unknown
  readonly topic?: unknown
  readonly key?: unknown
  readonly value?: unknown
  readonly services?: readonly string[]
}

export interface ClaimReading {
  readonly compile: ClaimCompilers
  readonly services: readonly ServiceConfig[]
  readonly report: Report
}

export const readClaim = (
  tenant: string,
  spec: ClaimFile,
  path: Path,
  reading: ClaimReading,
): readonly Written[] =>
  ofMessages.some((section) => section in spec)
    ? readMessageClaim(tenant, spec, path, reading)
    : readCallClaim(tenant, spec, path, reading)

/** Reads parts of one claim; what is wrong in any is told. */
class Parts {
  wrong = false
  private readonly path: Path
  private readonly report: Report

  constructor(path: Path, report: Report) {
    this.path = path
    this.report = report
  }

  attempt<T>(place: Path, read: () => T | undefined): readonly T[] {
    try {
      const part = read()
      return part === undefined ? [] : [part]
    } catch (error) {
      if (!(error instanceof SpecError)) throw error
      this.wrong = true
      this.report.add([...this.path, ...place, ...error.path], {
        message: error.message,
        hint: error.hint,
        onKey: error.onKey,
      })
      return []
    }
  }
}

const readCallClaim = (
  tenant: string,
  spec: ClaimFile,
  path: Path,
  { compile, services, report }: ClaimReading,
): readonly Written[] => {
  const parts = new Parts(path, report)
  const tests: ClaimTest[] = sections.flatMap((section) =>
    Object.entries(spec[section] ?? {}).flatMap(([name, value]) =>
      parts.attempt<ClaimTest>([section, name], () => {
        const condition = compile.text?.(value)
        const key = section === 'headers' ? name.toLowerCase() : name
        return condition && { section, name: key, condition }
      }),
    ),
  )
  if ('body' in spec)
    tests.push(
      ...parts.attempt<ClaimTest>(['body'], () => {
        const condition = compile.body?.(spec.body)
        return condition && { section: 'body', condition }
      }),
    )
  checkServices(spec, path, services, report, unroutable)
  if (parts.wrong) return []
  if (tests.length > 0) return [{ claim: { tenant, tests, services: only(spec) }, path }]
  if (compile.text !== undefined && (compile.body !== undefined || !('body' in spec))) {
    report.add(path, {
      message: 'the claim says nothing, so it would take every call',
      hint: "say what the tenant's calls hold: headers: { x-user-id: '10086' }",
    })
  }
  return []
}

const readMessageClaim = (
  tenant: string,
  spec: ClaimFile,
  path: Path,
  { compile, services, report }: ClaimReading,
): readonly Written[] => {
  const { text: compileText, body: compileBody } = compile
  checkServices(spec, path, services, report, (service) =>
    service.protocol === 'kafka'
      ? undefined
      : {
          message: `${service.name} speaks ${service.protocol}, which has no topics`,
          hint: 'a claim on messages is for services of protocol kafka',
        },
  )
  for (const section of ofCalls) {
    if (!(section in spec)) continue
    report.add([...path, section], {
      message: `${section} is about calls, and a claim with topic, key or value is about messages`,
      hint: 'write a claim for each; messages have topic, key, headers and value',
      onKey: true,
    })
  }
  if (spec.topic === undefined) {
    report.add(path, {
      message: 'a claim on messages names its topic',
      hint: "add topic: orders, or a glob: topic: 'orders.*'",
    })
    return []
  }
  if (compileText === undefined || compileBody === undefined) return []
  const parts = new Parts(path, report)
  const [topic] = parts.attempt(['topic'], () => topicCondition(spec.topic, compileText))
  const tests: MessageTest[] = Object.entries(spec.headers ?? {}).flatMap(([name, value]) =>
    parts.attempt<MessageTest>(['headers', name], () => ({
      section: 'headers',
      name,
      condition: compileText(textual(value)),
    })),
  )
  if ('key' in spec)
    tests.push(
      ...parts.attempt<MessageTest>(['key'], () =>
        isDocument(spec.key)
          ? { section: 'keyDocument', condition: compileBody(spec.key) }
          : { section: 'key', name: '', condition: compileText(textual(spec.key)) },
      ),
    )
  if ('value' in spec)
    tests.push(
      ...parts.attempt<MessageTest>(['value'], () => ({
        section: 'value',
        condition: compileBody(spec.value),
      })),
    )
  if (parts.wrong || topic === undefined) return []
  if (tests.length > 0)
    return [
      { message: { tenant, topic, topicBegins: beginning(spec.topic), tests, services: only(spec) }, path },
    ]
  report.add(path, {
    message: `the claim would take every message of ${topic.describe()}`,
    hint: "say what the tenant's messages hold: value: { userId: '10086' }; a topic of the tenant's own is lane: private",
  })
  return []
}

/** A name, a glob over names (`*`, `?`), or a matcher. */
const topicCondition = (spec: unknown, compile: CompileText): TextCondition => {
  if (typeof spec !== 'string' || !/[*?]/.test(spec)) return compile(spec)
  const source = spec
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const condition = compile({ $matches: source })
  return {
    test: (topics) => condition.test(topics),
    mismatch: (topics) => condition.mismatch(topics),
    describe: () => JSON.stringify(spec),
    clauses: 1,
    equalities: [],
  }
}

/** What stands in front of the first sign of a pattern. */
const beginning = (topic: unknown): string => (typeof topic === 'string' ? topic.replace(/[*?].*$/s, '') : '')

/** Keys and headers are text, whatever YAML reads. */
const textual = (spec: unknown): unknown =>
  typeof spec === 'number' || typeof spec === 'bigint' || typeof spec === 'boolean' ? String(spec) : spec

/** Fields, and no operators. */
const isDocument = (spec: unknown): boolean =>
  typeof spec === 'object' && spec !== null && !Object.keys(spec).some((name) => name.startsWith('$'))

const only = ({ services }: ClaimFile): ReadonlySet<string> | undefined => services && new Set(services)

const checkServices = (
  spec: ClaimFile,
  path: Path,
  services: readonly ServiceConfig[],
  report: Report,
  unfit: (service: ServiceConfig) => { readonly message: string; readonly hint: string } | undefined,
): void => {
  spec.services?.forEach((name, i) => {
    const service = services.find((one) => one.name === name)
    const problem = service === undefined ? noService(name, services) : unfit(service)
    if (problem !== undefined) report.add([...path, 'services', i], problem)
  })
}

/** Each pair of tenants is told once. */
export const refuseOverlaps = (claims: readonly Written[], report: Report): void => {
  const told = new Set<string>()
  for (const [i, one] of claims.entries()) {
    for (const earlier of claims.slice(0, i)) {
      const [mine, hers] = [tenantOf(one), tenantOf(earlier)]
      const pair = JSON.stringify([hers, mine])
      if (hers === mine || told.has(pair) || !canMeet(earlier, one)) continue
      told.add(pair)
      const { at } = report.layerOf(earlier.path).locate(earlier.path)
      const what = one.claim === undefined ? 'message' : 'call'
      report.add(one.path, {
        message: `${mine} and ${hers} (${formatLocation(at)}) can claim the same ${what}: ${described(one)}, and ${described(earlier)}`,
        hint:
          what === 'call'
            ? 'let both name values of one field, as x-user-id: { $oneOf: [a, b] }, and no value twice'
            : 'let both name values of one field, as userId: { $oneOf: [a, b] }, and no value twice',
      })
    }
  }
}

const tenantOf = ({ claim, message }: Written): string => (claim ?? message)!.tenant

const canMeet = (one: Written, other: Written): boolean => {
  if (one.claim !== undefined && other.claim !== undefined) return overlap(one.claim, other.claim)
  if (one.message === undefined || other.message === undefined) return false
  return overlapInMessages(one.message, other.message)
}

const described = ({ claim, message }: Written): string =>
  [
    ...(message === undefined ? [] : [`topic ${message.topic.describe()}`]),
    ...(claim ?? message)!.tests.map((test) => {
      const place = test.section === 'keyDocument' ? 'key' : test.section
      const name = 'name' in test && test.name !== '' ? `.${test.name}` : ''
      return `${place}${name} ${test.condition.describe()}`
    }),
  ].join(' and ')

export const noService = (name: string, services: readonly ServiceConfig[]) => ({
  message: `there is no service ${name}`,
  hint: `services: ${services.map((one) => one.name).join(', ') || 'none'}`,
})

export const unroutable = ({ name, protocol }: ServiceConfig) =>
  protocol === 'http' || protocol === 'grpc'
    ? undefined
    : {
        message: `${name} speaks ${protocol}, whose connections say nothing of tenants`,
        hint: 'routes are for http and grpc',
      }
