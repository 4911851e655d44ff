/** Shows and switches modes of a running proxy. */
import { findRunning } from '../control/find-running.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Mode } from '../core/service-entry.ts'
import { nearest } from './nearest.ts'
import type { ServiceView } from './running.ts'

export interface ModeTarget {
  readonly root: string
  readonly pid: number | undefined
  readonly service: string | undefined
}

export const showModes = async ({ root, pid, service }: ModeTarget): Promise<readonly ServiceView[]> => {
  const services = await (await findRunning(root, pid)).services()
  if (service === undefined) return services
  const found = services.filter(({ name }) => name === service)
  if (found.length > 0) return found
  const names = services.map(({ name }) => name)
  const meant = nearest(service, names)
  throw new SvcMockError('FLAG_INVALID', `there is no service ${service}`, {
    hint: meant ? `did you mean ${meant}?` : `services: ${names.join(', ') || 'none'}`,
  })
}

const modes: readonly Mode[] = ['mock', 'passthrough', 'record', 'direct']

const readMode = (text: string): Mode => {
  const mode = modes.find((name) => name === text)
  if (mode !== undefined) return mode
  const meant = nearest(text, modes)
  throw new SvcMockError('FLAG_INVALID', `there is no mode ${text}`, {
    hint: meant ? `did you mean ${meant}?` : `modes: ${modes.join(', ')}`,
  })
}

export const switchMode = async (
  wish: ModeTarget & { readonly service: string; readonly mode: string },
): Promise<ServiceView> => {
  const mode = readMode(wish.mode)
  return (await findRunning(wish.root, wish.pid)).setMode(wish.service, mode)
}
