/**
 * A page's part of a workspace, read and checked as ever: what its services' mock files say, as data, and their expressions,
 * compiled. What a page cannot do is told as a problem at its place, and nothing half is built.
 */
import { type Config, packagedLayers, type ServiceConfig } from '../../config/config.ts'
import type { ResponseFiles } from '../../core/dialect.ts'
import { SpecError } from '../../core/matcher.ts'
import type { Problem } from '../../core/problem.ts'
import { defaultScriptLimits } from '../../core/script.ts'
import type { EngineConfig } from '../../engine/compose.ts'
import { createCompilers } from '../../matchers/compilers.ts'
import { compileFile, SharedParts } from '../../mock/compile.ts'
import type { CompiledMock } from '../../mock/compiled.ts'
import type { MockFile } from '../../mock/definition.ts'
import { loadLibrary } from '../../mock/load/load-library.ts'
import { createPackageLoader } from '../../mock/load/packages.ts'
import { createRegexTester } from '../../mock/load/regex-guard.ts'
import { responseFiles } from '../../mock/load/response-files.ts'
import { FileShapes } from '../../mock/overrides/derive.ts'
import { layeredFiles } from '../../mock/overrides/layered.ts'
import { pageHttp } from '../../page/http.ts'
import { type PageBytes, type PageData, type PageFile, pageFormat } from '../../page/page-data.ts'
import { responders } from '../../responders/index.ts'
import type { ParseModule } from '../../script/page/expression.ts'
import { PageCompiler, type PageProgramCode } from '../../script/page/page-compiler.ts'
import { dialects, presetDialects } from '../library-tools.ts'

export interface BuiltPage {
  readonly data: PageData
  readonly programs: ReadonlyMap<string, PageProgramCode>
  /** Packages that matchers of it need, by their names. */
  readonly packages: ReadonlySet<string>
  /** Tools that expressions of it name. */
  readonly tools: ReadonlySet<string>
  readonly problems: readonly Problem[]
  /** Absolute: what it was made of. */
  readonly files: readonly string[]
  /** Services of other protocols, which browsers do not speak. */
  readonly leftOut: readonly ServiceConfig[]
}

export interface PageOptions {
  /** Names; absent: all that speak HTTP. */
  readonly services?: readonly string[] | undefined
  readonly parse: ParseModule
}

/** Nothing is thrown for what is wrong in files. */
export const buildPage = (config: Config, { services, parse }: PageOptions): BuiltPage => {
  const wanted = config.services.filter(({ name }) => services === undefined || services.includes(name))
  const spoken = wanted.filter(({ protocol }) => protocol === 'http')
  const names = new Set(spoken.map(({ name }) => name))
  const library = loadLibrary(config.library, config.root, dialects, presetDialects)
  const read = [...library.files.values()]
  const { files, problems: ofExtended } = layeredFiles(read, {
    packaged: packagedLayers(config.library),
    disabled: config.disable,
    shapes: new FileShapes(dialects),
  })
  const foreign = new Set(
    files.filter(({ service }) => !names.has(service)).flatMap(({ problems }) => problems),
  )
  const page = new PageBuild(parse)
  const built = files
    .filter(({ service, protocol }) => names.has(service) && protocol === 'http')
    .map((file) => page.file(file))
  return {
    data: { format: pageFormat, config: configOf(config, spoken), files: built },
    programs: page.programs,
    packages: page.packages,
    tools: page.tools,
    problems: [
      ...[...library.problems, ...ofExtended].filter((problem) => !foreign.has(problem)),
      ...page.problems,
    ],
    files: [...config.files, ...library.files.keys(), ...page.files],
    leftOut: wanted.filter((service) => !spoken.includes(service)),
  }
}

class PageBuild {
  readonly programs = new Map<string, PageProgramCode>()
  readonly packages = new Set<string>()
  readonly tools = new Set<string>()
  readonly files = new Set<string>()
  readonly problems: Problem[] = []
  readonly #parse: ParseModule
  readonly #shared = new SharedParts()
  readonly #compilers = createCompilers({
    regex: createRegexTester(),
    now: () => Date.now(),
    load: this.#loader(),
  })

  constructor(parse: ParseModule) {
    this.#parse = parse
  }

  file(file: MockFile): PageFile {
    // A file that extends several mocks is several here, and each has expressions of its own.
    const { derived } = file
    const display =
      derived === undefined ? file.display : `${file.display}#${derived.mock.position}@${file.version ?? ''}`
    const scripts = new PageCompiler({ display, locate: (path) => file.locate(path) }, this.#parse)
    const bodyFiles: Record<string, PageBytes> = Object.create(null)
    const { mocks: compiled, problems } = compileFile(
      file,
      {
        dialects: new Map([['http', pageHttp]]),
        responders,
        compilers: this.#compilers,
        tools: { replacer: noReplacer },
        filesFor: () => this.#reading(file, bodyFiles),
        scriptsFor: () => scripts,
      },
      this.#shared,
    )
    this.problems.push(...problems, ...compiled.flatMap((mock) => asksInVain(mock, file)))
    for (const [key, program] of scripts.programs) this.programs.set(key, program)
    for (const tool of scripts.tools) this.tools.add(tool)
    const { layer, service, version, case: label, protocol, tenants, mocks } = file
    return {
      display,
      layer,
      service,
      version,
      protocol,
      ...(label !== undefined && { case: label }),
      ...(tenants !== undefined && { tenants }),
      // What they promise and by what they are tried is no business of a page.
      mocks: mocks.map(({ contract, examples, ...mock }) =>
        contract === false ? { ...mock, contract } : mock,
      ),
      sources: [...scripts.sources],
      bodyFiles,
    }
  }

  #reading(file: MockFile, kept: Record<string, PageBytes>): ResponseFiles {
    const files = responseFiles(file, (path) => this.files.add(path))
    return {
      read: (path) => {
        const bytes = files.read(path)
        kept[path] = asBytes(bytes)
        return bytes
      },
    }
  }

  /** XPath is asked of documents that only a call brings. */
  #loader(): (name: string) => unknown {
    const load = createPackageLoader()
    return (name) => {
      this.packages.add(name)
      if (name === 'xpath') this.packages.add('@xmldom/xmldom')
      return load(name)
    }
  }
}

/** There is nobody in a page who asks the real service and waits for its reply. */
const asksInVain = (mock: CompiledMock, file: MockFile): readonly Problem[] =>
  mock.asksUpstream && mock.untouched !== true
    ? [
        {
          severity: 'error',
          code: 'NOT_IN_PROCESS',
          ...file.locate(['mocks', mock.position]),
          message: `${mock.name} asks the real service and cannot run in a page`,
          hint: 'answer the call in the mock, or leave the service out of the page: services: [...]',
        },
      ]
    : []

const asBytes = (bytes: Uint8Array): PageBytes => {
  const buffer = Buffer.from(bytes)
  const text = buffer.toString('utf8')
  return Buffer.from(text).equals(buffer) ? { text } : { base64: buffer.toString('base64') }
}

const noReplacer = (): never => {
  throw new SpecError('replies of real services are not changed in a page')
}

/** In a page the tenant is one, and what passes goes where the page sends it. */
const configOf = (config: Config, services: readonly ServiceConfig[]): EngineConfig => ({
  services: services.map((service) => ({
    name: service.name,
    protocol: service.protocol,
    hosts: service.hosts,
    upstream: undefined,
    embedded: false,
    mode: service.mode,
    onMiss: service.onMiss,
    version: service.version,
    versionFrom: service.versionFrom,
    listen: undefined,
    tls: { intercept: false, upstream: undefined },
    cors: service.cors,
    fault: service.fault,
    script: { ...defaultScriptLimits, totalMs: service.script.totalMs },
    proto: undefined,
    contract: undefined,
    redis: undefined,
    kafka: undefined,
  })),
  allowHosts: [],
  limits: config.limits,
  strict: false,
  unknownHosts: 'passthrough',
  tenant: config.tenant,
  routes: [],
  tenants: { header: config.tenants.header, tenants: [] },
})
