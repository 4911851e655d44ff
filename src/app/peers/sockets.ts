/** The TCP sockets of a network namespace, from /proc/<pid>/net/tcp and tcp6 (proc(5)). Linux only; elsewhere none. */
import { readFile } from 'node:fs/promises'

export interface Socket {
  readonly local: string
  readonly localPort: number
  readonly remote: string
  readonly remotePort: number
  /** `01` established, `02` SYN sent, `0A` listening … (include/net/tcp_states.h). */
  readonly state: string
  readonly inode: string
}

/** The kernel prints each 32-bit word in the machine's order: little-endian on all that Node runs on. */
const bytesOf = (hex: string): number[] => {
  const bytes: number[] = []
  for (let word = 0; word < hex.length; word += 8) {
    for (let i = 6; i >= 0; i -= 2) bytes.push(Number.parseInt(hex.slice(word + i, word + i + 2), 16))
  }
  return bytes
}

const ipv6Text = (bytes: readonly number[]): string => {
  const groups: string[] = []
  for (let i = 0; i < 16; i += 2) groups.push((bytes[i]! * 256 + bytes[i + 1]!).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

/** IPv4-mapped addresses come out as IPv4: `::ffff:127.0.0.1` and `127.0.0.1` are one peer. */
export const addressText = (hex: string): string => {
  const bytes = bytesOf(hex)
  if (bytes.length === 4) return bytes.join('.')
  const mapped = bytes.slice(0, 10).every((b) => b === 0) && bytes[10] === 255 && bytes[11] === 255
  return mapped ? bytes.slice(12).join('.') : ipv6Text(bytes)
}

/** Connections in TIME_WAIT belong to no process any more; a busy machine has thousands, and looking must be quick. */
const nobodys = /^\s*\d+: \S+ \S+ 06 /

export const parseSockets = (table: string): Socket[] =>
  table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      if (nobodys.test(line)) return []
      const [, local = '', remote = '', state = '', , , , , , inode = ''] = line.trim().split(/\s+/)
      const [localHex, localPort] = local.split(':')
      const [remoteHex, remotePort] = remote.split(':')
      if (!localHex || !localPort || !remoteHex || !remotePort) return []
      return {
        local: addressText(localHex),
        localPort: Number.parseInt(localPort, 16),
        remote: addressText(remoteHex),
        remotePort: Number.parseInt(remotePort, 16),
        state,
        inode,
      }
    })

export const listening = ({ state }: Socket): boolean => state === '0A'

const readTable = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

/** Of the namespace that the process is in. */
export const readSockets = async (pid: number | 'self' = 'self'): Promise<Socket[]> => {
  const tables = await Promise.all([readTable(`/proc/${pid}/net/tcp`), readTable(`/proc/${pid}/net/tcp6`)])
  return tables.flatMap(parseSockets)
}
