/**
 * Which TCP peers a process tree talks to without passing here. Samples /proc, so a connection that is shorter
 * than the pause between two samples can be missed; it never blames what it did not see.
 */
import { inodesOf, networkOf, processName, processTree } from './processes.ts'
import { listening, readSockets, type Socket } from './sockets.ts'

export interface Peer {
  /** `10.1.2.3:5432`, `[::1]:6379`. */
  readonly address: string
  readonly host: string
  readonly port: number
  /** Short names of the processes that had it open. */
  readonly processes: readonly string[]
}

export interface PeerWatch {
  /** Something happened: look soon, before the periodic sample. */
  nudge(): void
  /** One last look, then everything that was seen. */
  stop(): Promise<readonly Peer[]>
}

export interface PeerWatchOptions {
  readonly pid: number
  /** `host:port` of our own listeners. */
  readonly own: readonly string[]
  readonly intervalMs?: number
}

/** Nudges come with every call, thousands a second if need be. */
const nudgeGapMs = 10

const isLoopback = (host: string): boolean => host.startsWith('127.') || host === '::1'

const addressOf = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

interface Held extends Socket {
  readonly pid: number
}

/** Sockets held by the tree, one table read for each network namespace. */
const heldBy = async (pids: readonly number[]): Promise<Held[]> => {
  const tables = new Map<string, Promise<Socket[]>>()
  const perProcess = pids.map(async (pid) => {
    const inodes = await inodesOf(pid)
    if (inodes.size === 0) return []
    const network = await networkOf(pid)
    if (!tables.has(network)) tables.set(network, readSockets(pid))
    const sockets = (await tables.get(network)) ?? []
    return sockets.filter(({ inode }) => inodes.has(inode)).map((socket) => ({ ...socket, pid }))
  })
  return (await Promise.all(perProcess)).flat()
}

class Sightings {
  readonly #own: ReadonlySet<string>
  /** Ports that the tree itself listens on: what comes in there, and what it says to itself, passes nobody. */
  readonly #listening = new Set<number>()
  readonly #seen = new Map<string, { host: string; port: number; processes: Set<string> }>()

  constructor(own: readonly string[]) {
    this.#own = new Set(own.map((at) => at.replace('localhost:', '127.0.0.1:')))
  }

  async add(sockets: readonly Held[]): Promise<void> {
    for (const socket of sockets) if (listening(socket)) this.#listening.add(socket.localPort)
    for (const { remote, remotePort, localPort, pid } of sockets) {
      const address = addressOf(remote, remotePort)
      if (remotePort === 0 || this.#own.has(address) || this.#listening.has(localPort)) continue
      const seen = this.#seen.get(address) ?? { host: remote, port: remotePort, processes: new Set() }
      if (!this.#seen.has(address)) seen.processes.add(await processName(pid))
      this.#seen.set(address, seen)
    }
  }

  peers(): Peer[] {
    return [...this.#seen]
      .filter(([, { host, port }]) => !(isLoopback(host) && this.#listening.has(port)))
      .map(([address, { host, port, processes }]) => ({
        address,
        host,
        port,
        processes: [...processes].filter(Boolean),
      }))
  }
}

/** undefined where there is no /proc to read. */
export const watchPeers = ({ pid, own, intervalMs = 50 }: PeerWatchOptions): PeerWatch | undefined => {
  if (process.platform !== 'linux') return undefined
  const sightings = new Sightings(own)
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let current: Promise<void> = Promise.resolve()
  let lookedAt = 0
  const sample = async (): Promise<void> => {
    const began = performance.now()
    await sightings.add(await heldBy(await processTree(pid)))
    if (stopped) return
    // A large tree must not cost more than about a tenth of a core.
    const pause = Math.max(intervalMs, (performance.now() - began) * 10)
    timer = setTimeout(look, pause).unref()
  }
  const look = (): void => {
    timer = undefined
    lookedAt = performance.now()
    current = sample()
  }
  look()
  return {
    nudge: () => {
      if (timer === undefined || stopped || performance.now() - lookedAt < nudgeGapMs) return
      clearTimeout(timer)
      look()
    },
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await current
      await sightings.add(await heldBy(await processTree(pid)))
      return sightings.peers()
    },
  }
}
