/**
 * The contracts that live calls are held against, as they are in force. Those that break keep their last good version; their
 * problems are told once and go when they heal.
 */
import type { Config, ServiceConfig } from '../../config/config.ts'
import type { LiveContract, ServiceContract } from '../../core/contract.ts'
import type { Problem } from '../../core/problem.ts'
import { dialects } from '../library-tools.ts'
import type { LoadedContract } from './live-openapi.ts'

interface Entry {
  readonly loaded: LoadedContract
  /** Of the last good version. */
  readonly held: LiveContract | undefined
  /** What was read: equal texts need no second reading. */
  readonly print: string
}

export interface RefreshedContracts {
  /** Some are others now. */
  readonly any: boolean
  /** Files that changed, relative to the workspace. */
  readonly changed: readonly string[]
  readonly problems: readonly Problem[]
  readonly healed: readonly string[]
}

type Enforced = ServiceConfig & {
  readonly contract: NonNullable<ServiceConfig['contract']> & { readonly enforce: 'warn' | 'fail' }
}

const isEnforced = (service: ServiceConfig): service is Enforced => service.contract?.enforce !== undefined

export class LiveContracts {
  private readonly entries = new Map<string, Entry>()
  private readonly told: (problem: Problem) => void
  private contracts: ReadonlyMap<string, ServiceContract> = new Map()

  private constructor(told: (problem: Problem) => void) {
    this.told = told
  }

  /** Nothing is thrown for what is wrong. `told`: what a contract turns out to be wrong about while it is used. */
  static async load(config: Config, told: (problem: Problem) => void): Promise<LiveContracts> {
    const contracts = new LiveContracts(told)
    await contracts.refresh(config, undefined)
    return contracts
  }

  /** By service. */
  all(): ReadonlyMap<string, ServiceContract> {
    return this.contracts
  }

  problems(): readonly Problem[] {
    return [...this.entries.values()].flatMap(({ loaded }) => loaded.problems)
  }

  /** Absolute: what reloading watches. */
  files(): readonly string[] {
    return [...new Set([...this.entries.values()].flatMap(({ loaded }) => loaded.files))]
  }

  /** `paths`: what changed on disk; undefined: the configuration, and perhaps everything. */
  async refresh(config: Config, paths: ReadonlySet<string> | undefined): Promise<RefreshedContracts> {
    const before = printOfAll(config, this.contracts)
    const wanted = config.services.filter(isEnforced)
    const files = wanted.filter(({ contract }) => contract.openapi !== undefined)
    for (const name of this.entries.keys())
      if (!files.some((service) => service.name === name)) this.entries.delete(name)
    const changed = new Set<string>()
    const problems: Problem[] = []
    const healed: string[] = []
    const due = files.filter((service) => this.isDue(service, paths))
    for (const service of due) {
      const entry = this.entries.get(service.name)
      const loaded = await this.read(service, config)
      for (const path of paths ?? [])
        if (loaded.files.includes(path) || entry?.loaded.files.includes(path) === true)
          changed.add(relativeTo(config.root, path))
      const known = new Set(entry?.loaded.problems.map(identity))
      problems.push(...loaded.problems.filter((problem) => !known.has(identity(problem))))
      if (entry !== undefined && entry.loaded.problems.length > 0 && loaded.problems.length === 0)
        healed.push(...new Set(entry.loaded.problems.map(({ at }) => at.file)))
      this.entries.set(service.name, { loaded, held: loaded.held ?? entry?.held, print: printOf(service) })
    }
    this.contracts = new Map(wanted.flatMap((service) => this.inForce(service)))
    const any = due.length > 0 || before !== printOfAll(config, this.contracts)
    return { any, changed: [...changed], problems, healed }
  }

  private isDue(service: Enforced, paths: ReadonlySet<string> | undefined): boolean {
    const entry = this.entries.get(service.name)
    if (entry === undefined || entry.print !== printOf(service)) return true
    return paths !== undefined && entry.loaded.files.some((file) => paths.has(file))
  }

  private inForce({ name, protocol, contract }: Enforced): readonly (readonly [string, ServiceContract])[] {
    const { enforce, openapi } = contract
    const held = openapi === undefined ? dialects.get(protocol)?.live : this.entries.get(name)?.held
    return held === undefined ? [] : [[name, { enforce, held }]]
  }

  /** ajv and the reader of descriptions are loaded where one is enforced, and nowhere else. */
  private async read({ contract }: Enforced, config: Config): Promise<LoadedContract> {
    const { loadOpenapi } = await import('./live-openapi.ts')
    const { root, limits } = config
    return loadOpenapi(contract.openapi!, { root, limit: limits.body, problem: this.told })
  }
}

const printOf = ({ contract }: Enforced): string => contract.openapi!.path

const printOfAll = (config: Config, contracts: ReadonlyMap<string, ServiceContract>): string =>
  JSON.stringify(config.services.map(({ name }) => [name, contracts.get(name)?.enforce]))

const identity = ({ at, message }: Problem): string => `${at.file}:${at.line}:${at.column} ${message}`

const relativeTo = (root: string, path: string): string =>
  path.startsWith(root) ? path.slice(root.length + 1).replaceAll('\\', '/') : path
