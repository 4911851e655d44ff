/** Processes as /proc shows them: who descends from whom, and which sockets they hold. Processes may vanish at any moment; then they hold none. */
import { readdir, readFile, readlink } from 'node:fs/promises'

const numbers = (names: readonly string[]): number[] => names.filter((name) => /^\d+$/.test(name)).map(Number)

const entries = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

const text = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '')

export const listProcesses = async (): Promise<number[]> => numbers(await entries('/proc'))

const childrenOf = async (pid: number): Promise<number[]> => {
  const threads = await entries(`/proc/${pid}/task`)
  const lists = await Promise.all(threads.map((thread) => text(`/proc/${pid}/task/${thread}/children`)))
  return lists.flatMap((list) => numbers(list.trim().split(' ')))
}

/** The process itself and all its descendants. */
export const processTree = async (root: number): Promise<number[]> => {
  const found = [root]
  for (let i = 0; i < found.length; i += 1) {
    for (const child of await childrenOf(found[i]!)) if (!found.includes(child)) found.push(child)
  }
  return found
}

/** Inodes of the sockets that it has open. */
export const inodesOf = async (pid: number): Promise<Set<string>> => {
  const folder = `/proc/${pid}/fd`
  const links = await Promise.all(
    (await entries(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')),
  )
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
}

/** With arguments, shortened: `node server.js`. */
export const commandLine = async (pid: number): Promise<string> => {
  const words = (await text(`/proc/${pid}/cmdline`)).split('\0').filter(Boolean)
  const line = words.length > 0 ? words.join(' ') : (await text(`/proc/${pid}/comm`)).trim()
  return line.length > 80 ? `${line.slice(0, 79)}…` : line || 'a process'
}

/** The short name. */
export const processName = async (pid: number): Promise<string> => (await text(`/proc/${pid}/comm`)).trim()

/** Two processes with the same text share one network. */
export const networkOf = (pid: number): Promise<string> => readlink(`/proc/${pid}/ns/net`).catch(() => '')
