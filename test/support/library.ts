/** A library compiled from mock definitions in memory, and calls to ask it. */

import { type Call, newTenant, type Tenant } from '../../src/core/call.ts'
import type { FaultSpec } from '../../src/core/fault-schema.ts'
import type { Repeat } from '../../src/core/responder.ts'
import { defaultScriptLimits } from '../../src/core/script.ts'
import { defaultTls, type ServiceEntry } from '../../src/core/service-entry.ts'
import { createCompilers } from '../../src/matchers/compilers.ts'
import { compileFile } from '../../src/mock/compile.ts'
import type { CompiledMock } from '../../src/mock/compiled.ts'
import type { MockDefinition, MockFile } from '../../src/mock/definition.ts'
import { createPackageLoader } from '../../src/mock/load/packages.ts'
import { createRegexTester } from '../../src/mock/load/regex-guard.ts'
import { createRegexReplacer } from '../../src/mock/load/regex-replace.ts'
import { httpDialect } from '../../src/protocols/http/dialect.ts'
import { imaginedCall } from '../../src/protocols/http/imagined-call.ts'
import { responders } from '../../src/responders/index.ts'

const compilers = createCompilers({
  regex: createRegexTester(),
  now: () => Date.now(),
  load: createPackageLoader(),
})

export interface FileSpec {
  readonly file?: string
  readonly service?: string
  readonly version?: string
  readonly layer?: number
  readonly mocks: readonly {
    readonly name?: string
    readonly priority?: number
    readonly request?: unknown
    readonly response?: unknown
    readonly upstream?: unknown
    readonly responses?: readonly unknown[]
    readonly repeat?: Repeat
    readonly fault?: FaultSpec
    readonly scenarioName?: string
    readonly requiredScenarioState?: string
    readonly newScenarioState?: string
    readonly times?: number
    readonly tenants?: readonly string[]
  }[]
}

/** Throws when a mock does not compile. */
export const compiled = (...files: readonly FileSpec[]): CompiledMock[] =>
  files.flatMap((spec, n) => {
    const display = spec.file ?? `mocks/file-${n}.yaml`
    const locate: MockFile['locate'] = () => ({ at: { file: display, line: 1, column: 1 }, frame: '' })
    const file: MockFile = {
      path: `/${display}`,
      display,
      library: '/mocks',
      layer: spec.layer ?? 1,
      service: spec.service ?? 'orders',
      version: 'version' in spec ? spec.version : '1.0.0',
      protocol: 'http',
      mocks: spec.mocks.map(
        (mock, i): MockDefinition => ({
          name: mock.name ?? `${display}#${i}`,
          at: { file: display, line: i + 1, column: 1 },
          priority: mock.priority ?? 5,
          request: mock.request,
          response:
            'response' in mock || 'upstream' in mock || 'responses' in mock ? mock.response : { status: 200 },
          upstream: mock.upstream,
          responses: mock.responses,
          repeat: mock.repeat,
          fault: mock.fault,
          scenarioName: mock.scenarioName,
          requiredScenarioState: mock.requiredScenarioState,
          newScenarioState: mock.newScenarioState,
          times: mock.times,
          tenants: mock.tenants,
          script: undefined,
        }),
      ),
      problems: [],
      locate,
    }
    const { mocks, problems } = compileFile(file, {
      dialects: new Map([['http', httpDialect]]),
      responders,
      compilers,
      tools: { replacer: createRegexReplacer() },
      filesFor: () => ({
        read: (path) => {
          throw new Error(`${path} is not there`)
        },
      }),
    })
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'))
    return [...mocks]
  })

export const service = (more: Partial<ServiceEntry> = {}): ServiceEntry => ({
  name: 'orders',
  protocol: 'http',
  known: true,
  allowed: false,
  mode: 'mock',
  onMiss: 'fail',
  version: undefined,
  versionFrom: { kind: 'header', name: 'svcm-version' },
  upstream: undefined,
  embedded: false,
  tls: defaultTls,
  listen: undefined,
  cors: true,
  bodyLimit: 1_000_000,
  messageLimit: 1_000_000,
  definitions: undefined,
  script: defaultScriptLimits,
  faults: undefined,
  ...more,
})

export interface CallSpec {
  readonly method?: string
  /** With query. */
  readonly target: string
  readonly headers?: readonly string[]
  readonly body?: string
  readonly service?: Partial<ServiceEntry>
  /** Default: one of its own, in which nothing has happened yet. */
  readonly tenant?: Tenant
}

export const aCall = ({
  method = 'GET',
  target,
  headers = [],
  body,
  service: more = {},
  tenant = newTenant('default'),
}: CallSpec): Call => {
  const [path, query] = target.split(/\?(.*)/s)
  return imaginedCall(
    {
      method,
      path: path!,
      search: query === undefined ? '' : `?${query}`,
      headers,
      body: body === undefined ? undefined : new TextEncoder().encode(body),
    },
    {
      service: service(more),
      basePath: '',
      target: { scheme: 'http', host: 'orders', port: 80, basePath: '' },
    },
    tenant,
  )
}
