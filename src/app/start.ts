/** Starts the proxy: library, listeners, reloading; and hands out what the rest of the program may do with it. */
import { formatAuthority } from '../config/authority.ts'
import type { Config, ServiceConfig } from '../config/config.ts'
import type { LoadedConfig } from '../config/load-config.ts'
import { drillFolder, loadDrills } from '../config/load-drills.ts'
import { type Clock, realClock } from '../core/clock.ts'
import type { ServiceContract } from '../core/contract.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import type { Mode, ServiceEntry } from '../core/service-entry.ts'
import { formatLocation } from '../core/source.ts'
import type { Witness } from '../filters/mock.ts'
import { type Watcher, watchFolders } from '../mock/watch/watcher.ts'
import { protocols } from '../protocols/index.ts'
import { CallProxy } from '../proxy/proxy.ts'
import { openAuthority } from '../tls/authority-file.ts'
import { nearest } from '../yaml/nearest.ts'
import { CallLog } from './call-log.ts'
import { LiveContracts, type RefreshedContracts } from './contract/live-contracts.ts'
import { type RefreshedDefinitions, ServiceDefinitions } from './definitions.ts'
import { Drills } from './drills.ts'
import { libraryTools } from './library-tools.ts'
import { Listeners } from './listeners.ts'
import { workspaceMasks } from './masks.ts'
import { MockLibrary } from './mock-library.ts'
import { refuseUnknownCases } from './record/cases.ts'
import type { RecordWishes } from './record/open-recorder.ts'
import { RecorderSlot } from './record/recorder-slot.ts'
import { UnreadFixtures } from './record/unread-fixtures.ts'
import { refuseMode } from './refuse-mode.ts'
import { count, refuseProblems } from './refuse-problems.ts'
import { refuseRemote } from './remote.ts'
import { restartNeeds } from './restart-needs.ts'
import type { CallFilter, DrillView, ResetCounts, Running, ServiceView } from './running.ts'
import type { Sample } from './sample-call.ts'
import { sampleCalls } from './sample-calls.ts'
import { TenantDesk } from './tenants.ts'

export interface StartOptions {
  readonly config: Config
  /** Reads the configuration again after a change of its files; absent: it stays as it is. */
  readonly reload?: () => LoadedConfig
  /** Hosts to which the upstream proxy is not asked. */
  readonly straight?: (host: string, port: number) => boolean
  /** false: files are not watched. */
  readonly watch?: boolean
  /** Makes chance repeat: what faults draw by lot, and what scripts are given. */
  readonly seed?: number | undefined
  /** Drills to begin with. */
  readonly drills?: readonly string[] | undefined
  /** What faults and drills wait by; default the real clock. */
  readonly clock?: Clock
  /** Cases whose fixtures are in force, besides those without one; none: all. */
  readonly cases?: readonly string[] | undefined
  /** How calls are recorded, if they are; default: with nothing of the environment, so that there is no key. */
  readonly record?: RecordWishes
  /** Who wants to know what mocks were used for. */
  readonly witness?: ((library: MockLibrary) => Witness) | undefined
  /** What calls are held against, by service, in place of what svc-mock.yaml enforces. */
  readonly contracts?: ReadonlyMap<string, ServiceContract>
  /** Ends the recording that close() would finish. */
  readonly stop?: AbortSignal
}

/** When a notice asks for a new certificate authority. */
const soonDays = 30
const dayMs = 24 * 60 * 60 * 1000

/** Rejects with REMOTE_REFUSED, MOCK_FILE_INVALID (`details.problems`), PORT_IN_USE or LISTEN_FAILED. */
export const startProxy = async (options: StartOptions): Promise<Running> => {
  refuseRemote(options.config)
  const definitions = await ServiceDefinitions.load(options.config)
  const listeners = new Listeners()
  const contracts = await LiveContracts.load(options.config, ({ at, message }) =>
    listeners.emit('notice', `contract ${formatLocation(at)}: ${message}`),
  )
  const tools = await libraryTools({
    seed: options.seed,
    definitions,
    clock: options.clock,
    masks: workspaceMasks(options.config.root, process.env),
  })
  // The script process gets ready while the rest is loaded and the ports are opened.
  tools.scripts?.warm()
  const library = new MockLibrary(options.config.root, options.config.library, tools, options.cases)
  const loadedDrills = loadDrills(options.config.root, options.config.services)
  try {
    refuseUnknownCases(options.cases ?? [], library.cases())
    refuseProblems(definitions.problems(), 'DEFINITION_INVALID', 'interface definition')
    refuseProblems(contracts.problems(), 'CONTRACT_INVALID', 'contract')
    refuseProblems(library.problems(), 'MOCK_FILE_INVALID', 'mock file')
    refuseProblems(
      loadedDrills.flatMap(({ problems }) => problems),
      'DRILL_INVALID',
      'drill',
    )
  } catch (error) {
    library.close()
    throw error
  }
  const log = new CallLog()
  const recorder = new RecorderSlot(options.config, options.record ?? { env: {} }, (text) =>
    listeners.emit('notice', text),
  )
  if (options.config.services.some(isRecorded)) recorder.open()
  const proxy = await CallProxy.start({
    config: options.config,
    ...(options.straight !== undefined && { straight: options.straight }),
    index: library.index,
    definitions: definitions.all(),
    contracts: options.contracts ?? contracts.all(),
    protocols,
    recorder: recorder.current,
    authority: () => {
      const authority = openAuthority(options.config.userFolder)
      const days = Math.floor((authority.until.getTime() - Date.now()) / dayMs)
      if (days <= soonDays) {
        const when = `expires in ${count(days, 'day')}`
        listeners.emit(
          'notice',
          `svc-mock's certificate authority ${when}; make a new one: svc-mock ca rotate`,
        )
      }
      return authority
    },
    seed: options.seed,
    clock: options.clock ?? realClock,
    witness: options.witness?.(library),
    call: (record) => {
      const fresh = log.add(record)
      listeners.emit('call', record)
      for (const one of fresh) listeners.emit('violation', one)
    },
    notice: (text) => listeners.emit('notice', text),
  }).catch((error: unknown) => {
    library.close()
    throw error
  })
  const drills = new Drills(loadedDrills, {
    clock: options.clock ?? realClock,
    apply: (faults) => proxy.setDrills(faults),
    notice: (text) => listeners.emit('notice', text),
  })
  const running = new RunningProxy(options, {
    library,
    definitions,
    contracts,
    log,
    listeners,
    proxy,
    drills,
    recorder,
  })
  try {
    for (const name of options.drills ?? []) drills.start(name)
  } catch (error) {
    await running.close(0)
    throw error
  }
  return running
}

const addressOf = ({ upstream, embedded }: ServiceEntry): string | undefined => {
  if (embedded) return 'embedded'
  return upstream === undefined ? undefined : formatAuthority(upstream)
}

const isRecorded = ({ mode, onMiss }: Pick<ServiceConfig, 'mode' | 'onMiss'>): boolean =>
  mode === 'record' || (mode === 'mock' && onMiss === 'record')

interface Parts {
  readonly library: MockLibrary
  readonly definitions: ServiceDefinitions
  readonly contracts: LiveContracts
  readonly log: CallLog
  readonly listeners: Listeners
  readonly proxy: CallProxy
  readonly drills: Drills
  readonly recorder: RecorderSlot
}

const nothing: ReadonlySet<string> = new Set()

class RunningProxy implements Running {
  private readonly options: StartOptions
  private readonly library: MockLibrary
  private readonly definitions: ServiceDefinitions
  private readonly contracts: LiveContracts
  private readonly log: CallLog
  private readonly listeners: Listeners
  private readonly proxy: CallProxy
  private readonly drillBook: Drills
  private readonly recorder: RecorderSlot
  private config: Config
  private configProblems: readonly Problem[] = []
  private watcher: Watcher | undefined
  private watchedFiles: readonly string[] = []
  private readonly unread = new UnreadFixtures()

  constructor(
    options: StartOptions,
    { library, definitions, contracts, log, listeners, proxy, drills, recorder }: Parts,
  ) {
    this.options = options
    this.config = options.config
    this.library = library
    this.definitions = definitions
    this.contracts = contracts
    this.log = log
    this.listeners = listeners
    this.proxy = proxy
    this.drillBook = drills
    this.recorder = recorder
    this.on = listeners.on.bind(listeners)
    if (options.watch !== false) this.watch()
  }

  readonly on: Running['on']

  readonly tenants = new TenantDesk(() => ({ config: this.config, proxy: this.proxy }))

  get listen(): string {
    return this.proxy.listen
  }

  services(): readonly ServiceView[] {
    const configs = new Map(this.config.services.map((service) => [service.name, service]))
    return this.proxy.entries().map((entry) => {
      const config = configs.get(entry.name)
      const mocks = this.library.index.service(entry.name)
      const versions = mocks?.versions.flatMap(({ version }) => version ?? []) ?? []
      return {
        name: entry.name,
        protocol: entry.protocol,
        mode: entry.mode,
        version: entry.version ?? (versions.length === 0 ? undefined : versions.join(', ')),
        listen: this.proxy.ownPort(entry.name),
        hosts: config?.hosts ?? [],
        fault: config?.fault?.description,
        upstream: addressOf(entry),
        intercepted: entry.tls.intercept,
        insecure: entry.tls.upstream?.insecure === true,
        mocks: mocks?.mocks.length ?? 0,
      }
    })
  }

  samples(count: number): Promise<readonly Sample[]> {
    return sampleCalls(this.config, this.library.index, count, this.definitions.all())
  }

  totals() {
    this.proxy.settle()
    return this.log.totals()
  }

  violations() {
    this.proxy.settle()
    return this.log.violations()
  }

  calls(filter: CallFilter = {}) {
    this.proxy.settle()
    return this.log.calls(filter)
  }

  setMode(service: string, mode: Mode): void {
    const entry = this.proxy.entries().find(({ name }) => name === service)
    if (entry === undefined) throw this.unknownService(service)
    refuseMode(entry, mode)
    if (mode === 'record') this.recorder.open()
    this.proxy.setMode(service, mode)
    if (mode !== 'record') void this.changed(nothing)
  }

  recording() {
    return this.recorder.view()
  }

  reset(scenario?: string, tenant?: string): ResetCounts {
    if (scenario !== undefined) this.mustKnow(scenario)
    return this.tenants.reset(scenario, tenant)
  }

  private mustKnow(scenario: string): void {
    const names = this.library.scenarios()
    if (names.includes(scenario)) return
    const near = nearest(scenario, names)
    throw new SvcMockError('FLAG_INVALID', `no mock names the scenario ${scenario}`, {
      hint: near === undefined ? `scenarios: ${names.join(', ') || 'none'}` : `did you mean ${near}?`,
    })
  }

  private unknownService(service: string): SvcMockError {
    const names = this.proxy.entries().map(({ name }) => name)
    const near = nearest(service, names)
    return new SvcMockError('FLAG_INVALID', `there is no service ${service}`, {
      hint: near === undefined ? `services: ${names.join(', ')}` : `did you mean ${near}?`,
    })
  }

  drills(): readonly DrillView[] {
    return this.drillBook.list()
  }

  startDrill(name: string): DrillView {
    return this.drillBook.start(name)
  }

  stopDrill(name?: string): readonly DrillView[] {
    return this.drillBook.stop(name)
  }

  problems(): readonly Problem[] {
    return [
      ...this.configProblems,
      ...this.definitions.problems(),
      ...this.contracts.problems(),
      ...this.library.problems(),
      ...this.drillBook.problems(),
    ]
  }

  async close(graceMs = 500): Promise<void> {
    this.watcher?.close()
    this.drillBook.close()
    await this.proxy.close(graceMs)
    await this.recorder.finish(this.options.stop)
    this.library.close()
  }

  private watch(): void {
    this.watcher?.close()
    this.watchedFiles = [...this.options.config.files, ...this.named()]
    this.watcher = watchFolders(
      [...this.options.config.library.map(({ folder }) => folder), drillFolder(this.options.config.root)],
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
    const drills = this.drillBook.refresh(this.config, paths, config !== undefined)
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
    const before = this.configProblems
    const { config, problems } = this.options.reload()
    this.configProblems = problems
    const changed = ['svc-mock.yaml']
    if (config === undefined) return { changed, problems, healed: [], needsRestart: [] }
    const needsRestart = restartNeeds(this.config, config)
    this.config = config
    try {
      if (config.services.some(isRecorded)) this.recorder.open()
      await this.proxy.reconfigure(config)
    } catch (error) {
      if (!(error instanceof SvcMockError)) throw error
      needsRestart.push(error.message)
    }
    return {
      changed,
      problems,
      healed: before.length > 0 && problems.length === 0 ? changed : [],
      needsRestart,
    }
  }
}
