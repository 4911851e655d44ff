/** Which addresses of a running proxy other machines can reach. */
import { isLoopback } from '../config/addresses.ts'
import type { Running } from './running.ts'

const hostOf = (listen: string): string => listen.slice(0, listen.lastIndexOf(':')).replace(/^\[|\]$/g, '')

export const remoteAddresses = (running: Running): string[] =>
  [running.listen, ...running.services().flatMap(({ listen }) => listen ?? [])].filter(
    (listen) => !isLoopback(hostOf(listen)),
  )
