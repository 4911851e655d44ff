/** `svc-mock record`: a proxy whose services are recorded, until it is told to end, time is up, or nobody calls any more. */
import type { Config } from '../../config/config.ts'
import type { LoadedConfig } from '../../config/load-config.ts'
import type { Running } from '../running.ts'
import { type Served, serve } from '../serve.ts'
import { isRecordable } from './fixture-dialects.ts'
import { filterOf, type RecordWishes } from './open-recorder.ts'

export interface RecordOptions {
  readonly config: Config
  readonly reload?: () => LoadedConfig
  readonly wishes: RecordWishes
  /** Ends what is still being written. */
  readonly stop: AbortSignal
}

/** Services that the filter names, or all that can be recorded, are; the others stay as they are configured. */
export const recordConfig = (config: Config, wishes: RecordWishes): Config => {
  const { services } = filterOf(config, wishes)
  return {
    ...config,
    services: config.services.map((service) =>
      services.has(service.name) && isRecordable(service.protocol)
        ? { ...service, mode: 'record' as const }
        : service,
    ),
  }
}

export const startRecording = ({ config, reload, wishes, stop }: RecordOptions): Promise<Served> =>
  serve({
    config: recordConfig(config, wishes),
    record: wishes,
    stop,
    ...(reload !== undefined && {
      reload: () => {
        const loaded = reload()
        return loaded.config === undefined
          ? loaded
          : { ...loaded, config: recordConfig(loaded.config, wishes) }
      },
    }),
  })

export interface Until {
  readonly forMs: number | undefined
  /** So long after the last call. */
  readonly idleMs: number | undefined
}

/** Resolves when one of both has come; never, if none is given. */
export const over = (running: Running, { forMs, idleMs }: Until): Promise<void> =>
  new Promise((resolve) => {
    if (forMs !== undefined) setTimeout(resolve, forMs)
    if (idleMs === undefined) return
    let timer: NodeJS.Timeout | undefined
    running.on('call', () => {
      clearTimeout(timer)
      timer = setTimeout(resolve, idleMs)
    })
  })
