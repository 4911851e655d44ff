/**
 * The interface definitions of all services, as they are in force. Those that break keep their last good version; their
 * problems are told once and go when they heal.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config, ServiceConfig } from '../config/config.ts'
import type { Definitions, DefinitionTools, LoadDefinitions, LoadedDefinitions } from '../core/definitions.ts'
import type { Problem } from '../core/problem.ts'
import type { Dial } from '../core/protocol.ts'
import { protocols } from '../protocols/index.ts'
import { createDial } from '../proxy/dial.ts'
import { createPolicy } from '../proxy/policy.ts'
import { homeOf, Services } from '../proxy/services.ts'

interface Entry {
  readonly loaded: LoadedDefinitions
  /** Of the last good version. */
  readonly definitions: Definitions | undefined
  /** What was read: equal texts need no second reading. */
  readonly print: string
}

export interface RefreshedDefinitions {
  /** Services whose definitions are others now. */
  readonly services: ReadonlySet<string>
  /** Files that changed, relative to the workspace. */
  readonly changed: readonly string[]
  readonly problems: readonly Problem[]
  readonly healed: readonly string[]
}

const loaders: ReadonlyMap<string, LoadDefinitions> = new Map(
  protocols.flatMap(({ name, loadDefinitions }) =>
    loadDefinitions === undefined ? [] : [[name, loadDefinitions] as const],
  ),
)

export class ServiceDefinitions {
  private readonly entries = new Map<string, Entry>()

  /** Reads everything; nothing is thrown for what is wrong. */
  static async load(config: Config): Promise<ServiceDefinitions> {
    const definitions = new ServiceDefinitions()
    await definitions.refresh(config, undefined)
    return definitions
  }

  of(service: string): Definitions | undefined {
    return this.entries.get(service)?.definitions
  }

  all(): ReadonlyMap<string, Definitions> {
    return new Map(
      [...this.entries].flatMap(([name, { definitions }]) =>
        definitions === undefined ? [] : [[name, definitions] as const],
      ),
    )
  }

  problems(): readonly Problem[] {
    return [...this.entries.values()].flatMap(({ loaded }) => loaded.problems)
  }

  /** Absolute: what reloading watches. */
  files(): readonly string[] {
    return [...new Set([...this.entries.values()].flatMap(({ loaded }) => loaded.files))]
  }

  /** `paths`: what changed on disk; undefined: the configuration, and perhaps everything. */
  async refresh(config: Config, paths: ReadonlySet<string> | undefined): Promise<RefreshedDefinitions> {
    const services = new Set<string>()
    const changed = new Set<string>()
    const problems: Problem[] = []
    const healed: string[] = []
    const wanted = config.services.filter(({ protocol }) => loaders.has(protocol))
    for (const name of this.entries.keys()) {
      if (wanted.some((service) => service.name === name)) continue
      this.entries.delete(name)
      services.add(name)
    }
    const due = wanted.filter((service) => this.isDue(service, paths))
    const loaded = await Promise.all(due.map((service) => read(service, config)))
    due.forEach((service, i) => {
      const before = this.entries.get(service.name)
      const now = loaded[i]!
      for (const path of paths ?? []) {
        if (now.files.includes(path) || before?.loaded.files.includes(path) === true)
          changed.add(relativeTo(config.root, path))
      }
      const known = new Set(before?.loaded.problems.map(identity))
      problems.push(...now.problems.filter((problem) => !known.has(identity(problem))))
      if (hasErrors(before?.loaded) && !hasErrors(now))
        healed.push(...new Set(before!.loaded.problems.map(({ at }) => at.file)))
      services.add(service.name)
      this.entries.set(service.name, {
        loaded: now,
        definitions: now.definitions ?? before?.definitions,
        print: printOf(service),
      })
    })
    return { services, changed: [...changed], problems, healed }
  }

  private isDue(service: ServiceConfig, paths: ReadonlySet<string> | undefined): boolean {
    const entry = this.entries.get(service.name)
    if (entry === undefined || entry.print !== printOf(service)) return true
    return paths !== undefined && entry.loaded.files.some((file) => isTouched(file, paths))
  }
}

/** The file itself, or anything below it where it is a folder. */
const isTouched = (file: string, paths: ReadonlySet<string>): boolean =>
  paths.has(file) || [...paths].some((path) => path.startsWith(file) && /[/\\]/.test(path[file.length] ?? ''))

const printOf = (service: ServiceConfig): string => {
  const { proto, upstream, hosts } = service
  const asked = proto?.reflection === true || isAskedToRecord(service)
  return JSON.stringify([proto, asked ? [upstream, hosts] : [], isAskedToRecord(service)])
}

/** Nothing says where its definitions are, and they are needed to record it: then the real service is asked. */
const isAskedToRecord = ({ proto, mode, onMiss }: ServiceConfig): boolean =>
  (mode === 'record' || (mode === 'mock' && onMiss === 'record')) &&
  (proto === undefined || (proto.files.length === 0 && !proto.reflection))

const hasErrors = (loaded: LoadedDefinitions | undefined): boolean =>
  loaded?.problems.some(({ severity }) => severity === 'error') === true

const identity = ({ at, message }: Problem): string => `${at.file}:${at.line}:${at.column} ${message}`

const relativeTo = (root: string, path: string): string =>
  path.startsWith(root) ? path.slice(root.length + 1).replaceAll('\\', '/') : path

const read = async (service: ServiceConfig, config: Config): Promise<LoadedDefinitions> => {
  const asked = isAskedToRecord(service)
  const { files, importPaths, reflection } = service.proto ?? {
    files: [],
    importPaths: [],
    reflection: false,
  }
  const loaded = await loaders.get(service.protocol)!(
    {
      service: service.name,
      root: config.root,
      files,
      importPaths,
      reflection: reflection || asked,
      upstream: homeOf(service),
      tls: service.tls.upstream,
    },
    toolsFor(config),
  )
  return asked ? unasked(service.name, loaded) : loaded
}

/** Nobody wrote that the real service should be asked: if it says nothing, that is no mistake; if it does, that must be written. */
const unasked = (service: string, loaded: LoadedDefinitions): LoadedDefinitions => ({
  ...loaded,
  problems: [
    {
      severity: 'warning',
      code: 'DEFINITION_INVALID',
      at: { file: 'svc-mock.yaml', line: 1, column: 1 },
      message:
        loaded.definitions === undefined
          ? `${service} cannot be recorded: ${loaded.problems[0]?.message.replace(`${service}: `, '') ?? 'nothing defines its messages'}`
          : `${service} told its definitions itself, and its fixtures can be used only where they are known`,
      hint: `write under ${service} in svc-mock.yaml: reflection: true, or proto: [./proto/….proto]`,
    },
  ],
})

const toolsFor = (config: Config): DefinitionTools => {
  const folder = join(config.root, '.svc-mock', 'definitions')
  return {
    dial: dialFor(config),
    cache: {
      read: (name) => {
        try {
          return readFileSync(join(folder, name))
        } catch {
          return undefined
        }
      },
      write: (name, bytes) => {
        try {
          mkdirSync(folder, { recursive: true })
          writeFileSync(join(folder, name), bytes)
        } catch {
          // A workspace that cannot be written to asks the real service again next time.
        }
      },
    },
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }
}

/** What must not be dialled for a call must not be dialled for its definitions either. */
const dialFor = (config: Config): Dial => {
  const services = new Services(config, new Map())
  return createDial(
    createPolicy('', () => ({ config, services, isOwn: () => false, straight: undefined, listen: '' })),
  )
}
