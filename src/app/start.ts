/** Starts the proxy: library, listeners, recorder, drills; and hands out what the rest of the program may do with it. */
import { loadDrills } from '../config/load-drills.ts'
import { realClock } from '../core/clock.ts'
import { formatLocation } from '../core/source.ts'
import { protocols } from '../protocols/index.ts'
import { CallProxy } from '../proxy/proxy.ts'
import { openAuthority } from '../tls/authority-file.ts'
import { CallLog } from './call-log.ts'
import { LiveContracts } from './contract/live-contracts.ts'
import { ServiceDefinitions } from './definitions.ts'
import { Drills } from './drills.ts'
import { libraryTools } from './library-tools.ts'
import { Listeners } from './listeners.ts'
import { workspaceMasks } from './masks.ts'
import { MockLibrary } from './mock-library.ts'
import { refuseUnknownCases } from './record/cases.ts'
import { isRecorded, RecorderSlot } from './record/recorder-slot.ts'
import { count, refuseProblems } from './refuse-problems.ts'
import { refuseRemote } from './remote.ts'
import { Journal } from './run-time/journal.ts'
import { RunningProxy } from './running-proxy.ts'
import type { StartOptions } from './start-options.ts'

/** When a notice asks for a new certificate authority. */
const soonDays = 30
const dayMs = 24 * 60 * 60 * 1000

/** Rejects with REMOTE_REFUSED, MOCK_FILE_INVALID (`details.problems`), PORT_IN_USE or LISTEN_FAILED. */
export const startProxy = async (options: StartOptions): Promise<RunningProxy> => {
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
  const library = MockLibrary.open(options.config, tools, options.cases)
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
  const { wiremock, journalBytes } = options.config.control
  const journal = wiremock ? new Journal(journalBytes) : undefined
  const proxy = await CallProxy.start({
    config: options.config,
    ...(options.straight !== undefined && { straight: options.straight }),
    ...(options.listening !== undefined && { listening: options.listening }),
    outside: options.outside,
    over: options.over,
    index: library.index,
    definitions: definitions.all(),
    contracts: options.contracts ?? contracts.all(),
    protocols,
    presets: (service) => library.presets(service),
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
    journal,
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
    journal,
  })
  try {
    for (const name of options.drills ?? []) drills.start(name)
  } catch (error) {
    await running.close(0)
    throw error
  }
  return running
}
