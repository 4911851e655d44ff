/** svc-mock.yaml: the one source of its validation, its types and its published JSON Schema. */
import { z } from 'zod'
import { faultSchema } from '../core/fault-schema.ts'
import { listen, text, textOrList } from './schema-parts.ts'
import { tenantsSchema } from './tenants-schema.ts'

const hostForms = 'names, *.wildcards, host:port, IP addresses, CIDR ranges, each with an optional base path'

export const modes = ['mock', 'passthrough', 'record', 'direct'] as const
export const onMisses = ['fail', 'passthrough', 'record'] as const
export const protocols = ['http', 'grpc', 'redis', 'kafka', 'tcp'] as const
export const valueFormats = ['json', 'string', 'binary', 'avro', 'protobuf'] as const
export const saslMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
export const keyPolicies = ['isolate', 'shared', 'overlay'] as const

const mode = z
  .enum(modes)
  .describe(
    'mock: answer from mocks. passthrough: let calls through. record: let them through, and write the answers as fixtures. direct: send them to `upstream`, whatever the client wanted',
  )
const onMiss = z.enum(onMisses).describe('What a call without a matching mock gets; default fail')
const versionFrom = text.describe(
  'Where a call names the asked version: header:x-api-version or path:/v{version}/',
)
const scriptLimits = (what: string) =>
  z
    .strictObject({
      timeout: text.describe('For each stretch without a pause, as 50ms').optional(),
      total: text.describe('From call to settled answer, as 5s').optional(),
      memory: text.describe('For the isolate, as 32MB').optional(),
    })
    .describe(what)
const tlsSchema = z
  .strictObject({
    intercept: z
      .boolean()
      .describe("false: TLS of this service's clients passes unread, to the real service; default true")
      .optional(),
    upstreamCa: textOrList
      .describe("PEM files with authorities that sign the real service's certificate")
      .optional(),
    cert: text.describe('PEM file with the client certificate for the real service').optional(),
    key: text.describe('PEM file with the key of cert; default: it stands in the same file').optional(),
    insecure: z.boolean().describe("true: the real service's certificate is not verified").optional(),
  })
  .describe('How TLS is spoken with clients and with the real service')

const topicPolicy = z
  .strictObject({
    lane: z
      .enum(['mirror', 'guarded', 'private'])
      .describe(
        'mirror: shared; the tenant sees its own records, the baseline sees all. guarded: shared; each record is seen by one side. private: the tenant has the topic for itself',
      )
      .optional(),
    offline: z
      .enum(['hold', 'baseline'])
      .describe("guarded: who gets the tenant's records while it does not consume; default hold")
      .optional(),
    alsoUntagged: z.boolean().describe('true: the tenant sees untagged records, too').optional(),
    start: z
      .enum(['latest', 'baseline', 'earliest'])
      .describe("Where the tenant's groups begin that have committed nothing; default latest")
      .optional(),
    value: z
      .strictObject({
        format: z.enum(valueFormats),
        schema: text.describe('A file: JSON Schema, .avsc or .proto').optional(),
        registry: text
          .describe('Where schemas are registered: http://host:8081; each value begins with its id')
          .optional(),
        message: text.describe("protobuf: the message's full name").optional(),
        id: z
          .int()
          .min(0)
          .describe('Of the schema, written before the values; without a registry')
          .optional(),
      })
      .describe('What the values are: for conditions, mocks, and the contract')
      .optional(),
    tagFrom: text.describe('Where records without a tag name their tenant: header:x-tenant').optional(),
  })
  .describe('How topics are shared')

export const serviceSchema = z
  .strictObject({
    protocol: z
      .enum(protocols)
      .describe(
        'Default http; grpc with its definitions under proto; redis with keys and channels of the tenant; kafka with its groups and records; tcp passes any other protocol through',
      )
      .optional(),
    hosts: textOrList
      .describe(`Which hosts are this service: ${hostForms}. Default: the service's name`)
      .optional(),
    upstream: textOrList
      .describe(
        'The real service: http://host:port/base, https://…, redis://host:port, rediss://…, tcp://host:port, or for kafka its brokers: b1:9092,b2:9092, with TLS kafkas://b1:9093; embedded serves a redis or kafka service in this process',
      )
      .optional(),
    mode: mode.optional(),
    onMiss: onMiss.optional(),
    version: z.union([text, z.number()]).describe('Range of mock versions in use, as ^1.4').optional(),
    versionFrom: versionFrom.optional(),
    listen: listen.describe('An own port, host:port, for clients that know no proxy').optional(),
    cors: z
      .union([z.boolean(), text, z.array(text)])
      .describe('Web pages that may read mocked replies: true any, false none, or a list of origins')
      .optional(),
    tls: tlsSchema.optional(),
    fault: faultSchema.optional(),
    script: scriptLimits('What its scripts may take, up to limits.script').optional(),
    contract: z
      .strictObject({
        openapi: text.describe('OpenAPI 3.0, 3.1 or 3.2, relative to this file').optional(),
        enforce: z
          .enum(['warn', 'fail'])
          .describe(
            'Live calls and replies, mocked or real, that break it: warn tells of them, fail refuses them; default: they are not looked at',
          )
          .optional(),
      })
      .describe(
        'What its mocks are held against by svc-mock verify --spec, and with enforce its live calls too',
      )
      .optional(),
    proto: textOrList
      .describe(
        'grpc: .proto files, folders of them, or descriptor sets (.binpb, .desc, .pb), relative to this file',
      )
      .optional(),
    importPaths: textOrList
      .describe('grpc: folders in which proto files find those they import; default: where they lie')
      .optional(),
    reflection: z
      .boolean()
      .describe('grpc: ask the real service for its definitions (server reflection)')
      .optional(),
    tenant: text
      .describe("redis, kafka: whose lane this port is; default: the workspace's tenant")
      .optional(),
    tenantFrom: z
      .enum(['auth', 'name'])
      .describe(
        'redis: clients may name their tenant, as <tenant>@<rest> in the user of AUTH or in CLIENT SETNAME',
      )
      .optional(),
    keys: z
      .array(
        z.strictObject({
          match: text.describe("A glob pattern as in Redis' KEYS: session:*"),
          policy: z
            .enum(keyPolicies)
            .describe(
              "isolate: the tenant's own. shared: everybody's. overlay: read from the baseline until the tenant writes it",
            ),
        }),
      )
      .describe('redis: which keys are whose; the first that matches decides, and isolate is the default')
      .optional(),
    channels: z
      .enum(['isolate', 'shared'])
      .describe("redis: whether channels of pub/sub are the tenant's own; default isolate")
      .optional(),
    cluster: z
      .boolean()
      .describe('redis: the real service is a cluster: keys keep their slots, nodes get ports of ours')
      .optional(),
    allow: z
      .array(text)
      .describe('redis: commands that pass although they can harm a shared server, as CONFIG SET')
      .optional(),
    topics: z
      .record(text, topicPolicy.nullable())
      .describe(
        'kafka: how topics are shared, by glob; the first that matches decides, and mirror is the default',
      )
      .optional(),
    advertise: text
      .describe("What clients are told of a Kafka's brokers: host, and the first of their ports here")
      .optional(),
    sasl: z
      .strictObject({
        mechanism: z.enum(saslMechanisms),
        username: text,
        password: text.describe('A variable of the environment: ${KAFKA_PASSWORD}'),
      })
      .describe('kafka: for questions of our own; clients send their own credentials')
      .optional(),
  })
  .describe('One service that the program under test calls')

export const configSchema = z
  .strictObject({
    extends: textOrList.describe('Base files, relative to this one; this file wins over them').optional(),
    name: text.describe('Who we are in contracts').optional(),
    tenant: text.describe('Whose lane calls are in; belongs into svc-mock.local.yaml').optional(),
    tenants: tenantsSchema.optional(),
    routes: z
      .record(text, z.record(text, text).nullable())
      .describe(
        'Which instance serves which service for which tenant: <service>: { <tenant>: http://host:port }',
      )
      .optional(),
    listen: listen.describe('Where the proxy listens; default 127.0.0.1:8700').optional(),
    control: z
      .strictObject({
        listen: listen
          .describe(
            'Where commands and test clients speak to a running svc-mock, on loopback; default a free port',
          )
          .optional(),
        wiremock: z
          .boolean()
          .describe("true: serves WireMock's admin API, and keeps a journal of calls in memory for it")
          .optional(),
        journal: z
          .union([text, z.int()])
          .describe('How much the journal holds before the oldest calls leave it; default 32MB')
          .optional(),
      })
      .describe('The control address; see docs/wiremock-admin.md')
      .optional(),
    library: z
      .array(text)
      .describe(
        'Folders of mock files, and addresses of mock packages: npm:<name>@<range>, git+https://…#<branch>; earlier ones win, folders before packages. Default [./mocks, ./fixtures]',
      )
      .optional(),
    disable: z
      .array(text)
      .describe("Mocks that are switched off, by service and name: 'orders: order is found'")
      .optional(),
    onMiss: onMiss.optional(),
    unknownHosts: z
      .enum(['passthrough', 'fail'])
      .describe('What calls to hosts get that no service names; default passthrough')
      .optional(),
    allowHosts: textOrList
      .describe(`Infrastructure that always passes, under --strict too: ${hostForms}`)
      .optional(),
    hosts: textOrList
      .describe(
        "Templates that every service answers for besides its own hosts: '{service}.test.example.com'",
      )
      .optional(),
    versionFrom: versionFrom.optional(),
    services: z.record(text, serviceSchema.nullable()).describe('The services, by name').optional(),
    guard: z
      .strictObject({
        production: z.array(text).describe('Hosts and addresses that are never served nor called').optional(),
        locked: z.boolean().describe('Files that extend this one can only add to the list').optional(),
      })
      .describe('Keeps svc-mock away from production')
      .optional(),
    limits: z
      .strictObject({
        body: z
          .union([text, z.int()])
          .describe('How much of a request body is read for matching; default 10MB')
          .optional(),
        script: scriptLimits(
          'The most that a service may give its scripts; default 1s, 60s, 256MB',
        ).optional(),
        message: z
          .union([text, z.int()])
          .describe('How large one message of a gRPC call may be; default 4MB')
          .optional(),
      })
      .optional(),
    record: z
      .strictObject({
        folder: text.describe('Where fixtures are written; default ./fixtures').optional(),
        headers: textOrList
          .describe('Request headers that tell calls apart, besides accept and content-type')
          .optional(),
        volatile: textOrList
          .describe('Names of request fields that differ from call to call, besides the usual ones')
          .optional(),
        maxBytes: z.union([text, z.int()]).describe('Of one exchange; default 1MB').optional(),
        queue: z.union([text, z.int()]).describe('Of all that wait to be written; default 64MB').optional(),
      })
      .describe('How calls become fixtures; see docs/record.md')
      .optional(),
    upstreamProxy: text
      .describe('HTTP proxy through which real services are reached: http://user@host:port')
      .optional(),
    proxyCredentials: z
      .strictObject({ user: text, password: text })
      .describe('What clients must send to use this proxy; belongs into svc-mock.local.yaml')
      .optional(),
  })
  .describe('Configuration of svc-mock')

export type ConfigFile = z.infer<typeof configSchema>
export type ServiceFile = z.infer<typeof serviceSchema>

/** Keys and values that the program will know, and that must not be taken for slips of the pen. */
export const later = {
  keys: ['desensitize', 'contracts'],
  serviceKeys: ['lane'],
  protocols: ['amqp', 'dubbo', 'sofarpc'],
} as const
