/** `record:` of svc-mock.yaml with defaults filled in. */
import { relative, resolve, sep } from 'node:path'
import { parseSize } from './authority.ts'
import type { RecordConfig } from './config.ts'
import type { Report } from './report.ts'
import type { ConfigFile } from './schema.ts'
import { listOf } from './service-config.ts'

const defaultMaxBytes = 1024 * 1024
const defaultQueueBytes = 64 * 1024 * 1024
/** A body in a file of its own is held in memory when it is served. */
export const maxBytesAtMost = 10 * 1024 * 1024

export const readRecord = (file: ConfigFile, root: string, report: Report): RecordConfig => {
  const given = file.record ?? {}
  const base = given.folder === undefined ? root : report.layerOf(['record', 'folder']).folder
  const folder = resolve(base, given.folder ?? './fixtures')
  const size = (key: 'maxBytes' | 'queue', otherwise: number): number => {
    const text = given[key]
    if (text === undefined) return otherwise
    const parsed = parseSize(String(text))
    if (parsed.ok) return parsed.value
    report.add(['record', key], parsed)
    return otherwise
  }
  const maxBytes = size('maxBytes', defaultMaxBytes)
  if (maxBytes > maxBytesAtMost)
    report.add(['record', 'maxBytes'], {
      message: 'an exchange of more than 10 MB cannot be replayed',
      hint: 'write 10MB or less',
    })
  return {
    folder,
    display: relative(root, folder).split(sep).join('/') || '.',
    headers: listOf(given.headers).map((name) => name.toLowerCase()),
    volatile: listOf(given.volatile),
    maxBytes,
    queueBytes: size('queue', defaultQueueBytes),
  }
}
