/** Takes into force what changes while the program runs: configuration, definitions, contracts, mocks, drills. */
import type { Config, LibraryFolder } from '../config/config.ts'
import { drillFolder } from '../config/load-drills.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import { type Watcher, watchFolders } from '../mock/watch/watcher.ts'
import type { CallProxy } from '../proxy/proxy.ts'
import type { LiveContracts, RefreshedContracts } from './contract/live-contracts.ts'
import type { RefreshedDefinitions, ServiceDefinitions } from './definitions.ts'
import type { Drills } from './drills.ts'
import type { Listeners } from './listeners.ts'
import type { MockLibrary } from './mock-library.ts'
import { isRecorded, type RecorderSlot } from './record/recorder-slot.ts'
import { UnreadFixtures } from './record/unread-fixtures.ts'
import { restartNeeds } from './restart-needs.ts'
import type { RunningParts } from './running-parts.ts'
import type { StartOptions } from './start-options.ts'

const nothing: ReadonlySet<string> = new Set()

/** What is installed never changes; that another version is installed is told by the lock. */
const ownFolder = ({ folder, origin }: LibraryFolder): readonly string[] =>
  origin === undefined ? [folder] : []

export class Reloading {
  /** In force. */
  config: Config
  /** Of svc-mock.yaml as it is now. */
  problems: readonly Problem[] = []
  private readonly options: Pick<StartOptions, 'config' | 'reload'>
  private readonly library: MockLibrary
  private readonly definitions: ServiceDefinitions
  private readonly contracts: LiveContracts
  private readonly listeners: Listeners
  private readonly proxy: CallProxy
  private readonly drills: Drills
  private readonly recorder: RecorderSlot
  private readonly unread = new UnreadFixtures()
  private watcher: Watcher | undefined
  private watchedFiles: readonly string[] = []

  private readonly reconfigured: () => void

  /** `reconfigured`: another configuration is in force. */
  constructor(
    options: Pick<StartOptions, 'config' | 'reload'>,
    parts: Omit<RunningParts, 'log' | 'journal'>,
    reconfigured: () => void,
  ) {
    this.options = options
    this.reconfigured = reconfigured
    this.config = options.config
    this.library = parts.library
    this.definitions = parts.definitions
    this.contracts = parts.contracts
    this.listeners = parts.listeners
    this.proxy = parts.proxy
    this.drills = parts.drills
    this.recorder = parts.recorder
  }

  close(): void {
    this.watcher?.close()
  }

  /** Reads what was left unread as long as a mode wanted it so. */
  async again(): Promise<void> {
    await this.changed(nothing)
  }

  watch(): void {
    this.watcher?.close()
    this.watchedFiles = [...this.options.config.files, ...this.named()]
    this.watcher = watchFolders(
      [...this.options.config.library.flatMap(ownFolder), drillFolder(this.options.config.root)],
      this.watchedFiles,
      (paths) => void this.changed(paths),
      { notice: (text) => this.listeners.emit('notice', text) },
    )
  }

  private async changed(touched: ReadonlySet<string>): Promise<void> {
    const config = this.config.files.some((file) => touched.has(file)) ? await this.reconfigure() : undefined
    const recorded = this.proxy.entries().flatMap(({ name, mode }) => (mode === 'record' ? [name] : []))
    const paths = this.unread.toRead(touched, this.config.record.folder, recorded)
    const watched = this.named()
    const [defined, contracts] = [await this.redefine(paths), await this.recontract(paths)]
    if (this.named().some((file) => !watched.includes(file)) && this.watcher !== undefined) this.watch()
    const mocks = this.library.refresh(new Set([...paths, ...this.library.pathsOf(defined.services)]))
    this.proxy.mocksChanged()
    const drills = this.drills.refresh(this.config, paths, config !== undefined)
    const files = [...defined.changed, ...contracts.changed, ...mocks.changed, ...drills.changed]
    if (files.length === 0 && config === undefined) return
    this.listeners.emit('reload', {
      at: Date.now(),
      changed: [...new Set([...(config?.changed ?? []), ...files])],
      mocks: this.library.index.size,
      problems: [config, defined, contracts, mocks, drills].flatMap((one) => one?.problems ?? []),
      healed: [config, defined, contracts, mocks, drills].flatMap((one) => one?.healed ?? []),
      needsRestart: config?.needsRestart ?? [],
    })
  }

  /** Calls are read anew before the mocks are that were compiled for it. */
  private async redefine(paths: ReadonlySet<string>): Promise<RefreshedDefinitions> {
    const refreshed = await this.definitions.refresh(this.config, paths)
    if (refreshed.services.size > 0) this.proxy.setDefinitions(this.definitions.all())
    return refreshed
  }

  private async recontract(paths: ReadonlySet<string>): Promise<RefreshedContracts> {
    const refreshed = await this.contracts.refresh(this.config, paths)
    if (refreshed.any) this.proxy.setContracts(this.contracts.all())
    return refreshed
  }

  /** Files that are watched because something in force names them. */
  private named(): readonly string[] {
    return [...this.definitions.files(), ...this.contracts.files()]
  }

  private async reconfigure() {
    if (this.options.reload === undefined) return undefined
    const before = this.problems
    const { config, problems } = this.options.reload()
    this.problems = problems
    const changed = ['svc-mock.yaml']
    if (config === undefined) return { changed, problems, healed: [], needsRestart: [] }
    const needsRestart = restartNeeds(this.config, config)
    this.config = config
    const dead = this.library.disable(config.disable)
    try {
      if (config.services.some(isRecorded)) this.recorder.open()
      await this.proxy.reconfigure(config)
      this.reconfigured()
    } catch (error) {
      if (!(error instanceof SvcMockError)) throw error
      needsRestart.push(error.message)
    }
    return {
      changed,
      problems: [...problems, ...dead],
      healed: before.length > 0 && problems.length === 0 ? changed : [],
      needsRestart,
    }
  }
}
