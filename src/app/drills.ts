/** Drills of a running proxy: which run, until when, and what they bring over which service. */
import { relative, sep } from 'node:path'
import type { Config } from '../config/config.ts'
import { type Drill, drillFolder, type LoadedDrill, loadDrills } from '../config/load-drills.ts'
import type { Clock } from '../core/clock.ts'
import { SvcMockError } from '../core/errors.ts'
import type { ServiceFault } from '../core/fault.ts'
import type { Problem } from '../core/problem.ts'
import { shownDuration } from '../core/units.ts'
import { nearest } from '../yaml/nearest.ts'
import type { Refreshed } from './mock-library.ts'
import type { DrillView } from './running.ts'

export interface DrillsOptions {
  readonly clock: Clock
  /** Takes the faults of all running drills into force; replaces those before. */
  apply(faults: ReadonlyMap<string, readonly ServiceFault[]>): void
  notice(text: string): void
}

interface RunningDrill {
  drill: Drill
  /** Milliseconds since the epoch, for people. */
  readonly endsAt: number | undefined
  readonly callOff: () => void
}

export class Drills {
  private readonly options: DrillsOptions
  private loaded: readonly LoadedDrill[]
  /** By name; a file that breaks keeps its last good drill. */
  private drills: ReadonlyMap<string, Drill>
  private readonly running = new Map<string, RunningDrill>()

  constructor(loaded: readonly LoadedDrill[], options: DrillsOptions) {
    this.options = options
    this.loaded = loaded
    this.drills = new Map(loaded.flatMap(({ name, drill }) => (drill === undefined ? [] : [[name, drill]])))
  }

  problems(): readonly Problem[] {
    return this.loaded.flatMap(({ problems }) => problems)
  }

  list(): readonly DrillView[] {
    return [...this.drills.values()].map((drill) => viewOf(drill, this.running.get(drill.name)))
  }

  /** Begins it, again if it runs. Throws FLAG_INVALID for an unknown one. */
  start(name: string): DrillView {
    const drill = this.drills.get(name)
    if (drill === undefined) throw unknown(name, [...this.drills.keys()])
    this.running.get(name)?.callOff()
    const { forMs } = drill
    this.running.set(name, {
      drill,
      endsAt: forMs === undefined ? undefined : Date.now() + forMs,
      callOff: forMs === undefined ? () => undefined : this.options.clock.after(forMs, () => this.end(name)),
    })
    this.apply()
    this.options.notice(`drill ${name} begins${forMs === undefined ? '' : `, for ${shownDuration(forMs)}`}`)
    return viewOf(drill, this.running.get(name))
  }

  /** Ends one, or all. Throws FLAG_INVALID for one that does not run. */
  stop(name?: string): readonly DrillView[] {
    if (name !== undefined && !this.running.has(name)) {
      if (!this.drills.has(name)) throw unknown(name, [...this.drills.keys()])
      throw new SvcMockError('FLAG_INVALID', `the drill ${name} does not run`, {
        hint: `running: ${[...this.running.keys()].join(', ') || 'none'}`,
      })
    }
    const ended = name === undefined ? [...this.running.keys()] : [name]
    const views = ended.map((one) => viewOf(this.running.get(one)!.drill, undefined))
    for (const one of ended) this.end(one)
    return views
  }

  /**
   * Takes changed files into force. A changed configuration counts too: drills name services, so that it may break
   * or heal them.
   */
  refresh(config: Config, paths: ReadonlySet<string>, configured: boolean): Refreshed {
    const folder = drillFolder(config.root)
    const touched = [...paths].filter((path) => path === folder || path.startsWith(folder + sep))
    if (touched.length === 0 && !configured) return { changed: [], problems: [], healed: [] }
    const before = this.problems()
    this.reread(config)
    const now = this.problems()
    const known = new Set(before.map(identity))
    const broken = new Set(now.map(({ at }) => at.file))
    return {
      changed: touched.map((path) => relative(config.root, path).split(sep).join('/')),
      problems: now.filter((problem) => !known.has(identity(problem))),
      healed: [...new Set(before.map(({ at }) => at.file))].filter((file) => !broken.has(file)),
    }
  }

  /** A running drill goes on as its file now says, and ends when its file is gone. */
  private reread(config: Config): void {
    this.loaded = loadDrills(config.root, config.services)
    this.drills = new Map(
      this.loaded.flatMap(({ name, drill }) => {
        const inForce = drill ?? this.drills.get(name)
        return inForce === undefined ? [] : [[name, inForce] as const]
      }),
    )
    for (const [name, running] of this.running) {
      const drill = this.drills.get(name)
      if (drill === undefined) this.end(name)
      else running.drill = drill
    }
    this.apply()
  }

  close(): void {
    for (const { callOff } of this.running.values()) callOff()
    this.running.clear()
  }

  private end(name: string): void {
    this.running.get(name)?.callOff()
    this.running.delete(name)
    this.apply()
    this.options.notice(`drill ${name} is over`)
  }

  private apply(): void {
    const faults = new Map<string, ServiceFault[]>()
    for (const { drill } of this.running.values()) {
      for (const [service, fault] of drill.faults) {
        const all = faults.get(service) ?? []
        all.push({ fault, drill: drill.name })
        faults.set(service, all)
      }
    }
    this.options.apply(faults)
  }
}

const identity = ({ at, message }: Problem): string => `${at.file}:${at.line}:${at.column} ${message}`

const viewOf = (drill: Drill, running: RunningDrill | undefined): DrillView => ({
  name: drill.name,
  file: drill.file,
  description: drill.description,
  for: drill.forMs === undefined ? undefined : shownDuration(drill.forMs),
  faults: [...drill.faults].map(([service, { description }]) => ({ service, fault: description })),
  running: running !== undefined,
  endsAt: running?.endsAt === undefined ? undefined : new Date(running.endsAt).toISOString(),
})

const unknown = (name: string, names: readonly string[]): SvcMockError => {
  const near = nearest(name, names)
  return new SvcMockError('FLAG_INVALID', `there is no drill ${name}`, {
    hint:
      near === undefined
        ? `drills: ${names.join(', ') || 'none; write drills/<name>.yaml'}`
        : `did you mean ${near}?`,
  })
}
