/** Who has a port: another svc-mock of this workspace, or on Linux the process behind the listening socket. */
import { allRunning } from '../control/find-running.ts'
import { commandLine, inodesOf, listProcesses } from './peers/processes.ts'
import { listening, readSockets } from './peers/sockets.ts'

export interface PortOwner {
  readonly pid: number
  readonly command: string
  /** `node server.js (pid 123)`. */
  readonly text: string
  readonly hint: string
}

const portOf = (listen: string): number => Number(listen.slice(listen.lastIndexOf(':') + 1))

const ofOurOwn = async (port: number, root: string): Promise<PortOwner | undefined> => {
  const clients = await allRunning(root)
  const found = clients.find(({ file }) => [file.listen, ...file.ports].some((at) => portOf(at) === port))
  if (found === undefined) return undefined
  const { pid, startedAt } = found.file
  return {
    pid,
    command: 'svc-mock',
    text: `another svc-mock of this workspace (pid ${pid}, since ${startedAt})`,
    hint: `use that one, end it with kill ${pid}, or take a free port: --port 0`,
  }
}

const onLinux = async (port: number): Promise<PortOwner | undefined> => {
  const inodes = new Set(
    (await readSockets())
      .filter((socket) => listening(socket) && socket.localPort === port)
      .map(({ inode }) => inode),
  )
  if (inodes.size === 0) return undefined
  for (const pid of await listProcesses()) {
    const own = await inodesOf(pid)
    if (![...inodes].some((inode) => own.has(inode))) continue
    const command = await commandLine(pid)
    return {
      pid,
      command,
      text: `${command} (pid ${pid})`,
      hint: `end it with kill ${pid}, or choose another port: --port 0 takes a free one`,
    }
  }
  return undefined
}

/** undefined when it cannot be found: another system, another user's process. */
export const portOwner = async (listen: string, root: string): Promise<PortOwner | undefined> => {
  const port = portOf(listen)
  const own = await ofOurOwn(port, root)
  if (own !== undefined || process.platform !== 'linux') return own
  return onLinux(port)
}
