/**
 * A running proxy with its control address and run file: what `start` and `run` share. Everything it opened is
 * closed again when a later step fails.
 */
import type { Config } from '../config/config.ts'
import { writeRunFile } from '../control/run-file.ts'
import { type ControlServer, openControl } from '../control/server.ts'
import { SvcMockError } from '../core/errors.ts'
import { allocateYoung } from '../mock/load/young-generation.ts'
import { portOwner } from './port-owner.ts'
import type { Running } from './running.ts'
import { startProxy } from './start.ts'
import type { StartOptions } from './start-options.ts'

export type StartProxy = (options: StartOptions) => Promise<Running>

export interface Served {
  readonly running: Running
  /** Where our own commands speak to it, `host:port`. */
  readonly control: string
  /** What they must say there. */
  readonly controlToken: string
  /** Ends the proxy, its control address and its run file. */
  close(graceMs?: number): Promise<void>
}

/** Adds who has the port, where that can be found. */
const withOwner = async (error: unknown, config: Config): Promise<unknown> => {
  if (!(error instanceof SvcMockError) || error.code !== 'PORT_IN_USE') return error
  const { host = config.listen.host, port = config.listen.port } = error.context.details ?? {}
  const listen = `${host}:${port}`
  const owner = await portOwner(listen, config.root)
  if (owner === undefined) return error
  return new SvcMockError('PORT_IN_USE', `${listen} is taken by ${owner.text}`, {
    hint: owner.hint,
    details: { host, port, owner: { pid: owner.pid, command: owner.command } },
    cause: error,
  })
}

export const serve = async (options: StartOptions, start: StartProxy = startProxy): Promise<Served> => {
  allocateYoung()
  const { config } = options
  const running = await start(options).catch(async (error: unknown) => {
    throw await withOwner(error, config)
  })
  let control: ControlServer | undefined
  try {
    const { listen, token: given } = config.control
    control = await openControl(running, { listen, token: given })
    const { address, token } = control
    const ports = running.services().flatMap(({ listen }) => listen ?? [])
    const startedAt = new Date().toISOString()
    const own = { pid: process.pid, address, token, listen: running.listen, ports, startedAt }
    const removeFile = writeRunFile(config.root, own)
    const opened = control
    return {
      running,
      control: address,
      controlToken: token,
      close: async (graceMs) => {
        removeFile()
        await Promise.all([running.close(graceMs), opened.close()])
      },
    }
  } catch (error) {
    await Promise.all([running.close(0), control?.close()])
    throw await withOwner(error, config)
  }
}
