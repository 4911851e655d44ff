/** What the rest of the program may do with the proxy while it runs. */
import { formatAuthority } from '../config/authority.ts'
import type { Config } from '../config/config.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import type { Mode, ServiceEntry } from '../core/service-entry.ts'
import type { CallProxy } from '../proxy/proxy.ts'
import { nearest } from '../yaml/nearest.ts'
import type { CallLog } from './call-log.ts'
import type { LiveContracts } from './contract/live-contracts.ts'
import type { ServiceDefinitions } from './definitions.ts'
import type { Drills } from './drills.ts'
import { MessageDesk } from './messages/desk.ts'
import type { MockLibrary } from './mock-library.ts'
import type { RecorderSlot } from './record/recorder-slot.ts'
import { refuseMode } from './refuse-mode.ts'
import { Reloading } from './reloading.ts'
import { RunTimeDesk } from './run-time/desk.ts'
import type { CallFilter, DrillView, ResetCounts, Running, ServiceView } from './running.ts'
import type { RunningParts } from './running-parts.ts'
import type { Sample } from './sample-call.ts'
import { sampleCalls } from './sample-calls.ts'
import type { StartOptions } from './start-options.ts'
import { EmbeddedKeys } from './tenant-keys/embedded.ts'
import { TenantDesk } from './tenants.ts'

export class RunningProxy implements Running {
  private readonly options: StartOptions
  private readonly library: MockLibrary
  private readonly definitions: ServiceDefinitions
  private readonly contracts: LiveContracts
  private readonly log: CallLog
  private readonly proxy: CallProxy
  private readonly drillBook: Drills
  private readonly recorder: RecorderSlot
  private readonly reloading: Reloading

  constructor(options: StartOptions, parts: RunningParts) {
    const { library, definitions, contracts, log, listeners, proxy, drills, recorder } = parts
    this.options = options
    this.runTime = new RunTimeDesk(options.config.root, { library, proxy }, parts.journal)
    this.reloading = new Reloading(options, parts, () => this.runTime.retarget())
    this.library = library
    this.definitions = definitions
    this.contracts = contracts
    this.log = log
    this.proxy = proxy
    this.drillBook = drills
    this.recorder = recorder
    this.on = listeners.on.bind(listeners)
    if (options.watch !== false) this.reloading.watch()
  }

  private get config(): Config {
    return this.reloading.config
  }

  readonly on: Running['on']

  readonly runTime: RunTimeDesk

  readonly tenants = new TenantDesk(() => ({ config: this.config, proxy: this.proxy }))

  readonly messages = new MessageDesk(() => this.proxy)
  readonly keys = new EmbeddedKeys(() => ({
    config: this.config,
    connectEmbedded: (service) => this.proxy.connectEmbedded('redis', service),
  }))

  /** For calls of this very process. */
  get inside() {
    return this.proxy.inside
  }

  /** For exchanges that come without a connection. */
  get exchanges() {
    return this.proxy.exchanges
  }

  /** Mocks by their names, and where they are written. */
  mocks() {
    return this.library.mocks()
  }

  /** As they were read. */
  files() {
    return this.library.files()
  }

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
    if (mode !== 'record') void this.reloading.again()
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
      ...this.reloading.problems,
      ...this.definitions.problems(),
      ...this.contracts.problems(),
      ...this.library.problems(),
      ...this.drillBook.problems(),
    ]
  }

  async close(graceMs = 500): Promise<void> {
    this.reloading.close()
    this.drillBook.close()
    await this.proxy.close(graceMs)
    await this.recorder.finish(this.options.stop)
    this.library.close()
  }
}

const addressOf = ({ upstream, embedded }: ServiceEntry): string | undefined => {
  if (embedded) return 'embedded'
  return upstream === undefined ? undefined : formatAuthority(upstream)
}
