/**
 * HAR (HTTP Archive 1.2, as browsers save it) through the same way as recorded calls: its exchanges are desensitized
 * and grouped before anything is written.
 */
import { readFileSync } from 'node:fs'
import type { Config } from '../../../config/config.ts'
import { newTenant } from '../../../core/call.ts'
import { SvcMockError } from '../../../core/errors.ts'
import type { RecordedBody } from '../../../core/exchange.ts'
import { parseJson } from '../../../core/json.ts'
import type { ServiceEntry } from '../../../core/service-entry.ts'
import { imaginedCall } from '../../../protocols/http/imagined-call.ts'
import { Services } from '../../../proxy/services.ts'
import type { RawRecord } from '../../../record/records.ts'
import { openRecorder, type RecordWishes } from '../../record/open-recorder.ts'
import { resultOf } from '../../record/recorder-slot.ts'
import type { Entry, ExchangeFormat, RecordedSource } from '../format.ts'
import { namedService } from '../named-service.ts'
import { entryPlaces } from './entry-places.ts'

interface HarHeader {
  readonly name?: unknown
  readonly value?: unknown
}

interface HarEntry {
  readonly startedDateTime?: unknown
  readonly request?: {
    readonly method?: unknown
    readonly url?: unknown
    readonly headers?: readonly HarHeader[]
    readonly postData?: { readonly text?: unknown; readonly encoding?: unknown }
  }
  readonly response?: {
    readonly status?: unknown
    readonly headers?: readonly HarHeader[]
    readonly content?: { readonly size?: unknown; readonly text?: unknown; readonly encoding?: unknown }
  }
}

/** Large archives take their time. */
const patienceMs = 10 * 60_000

/** Throws IMPORT_INVALID, or what openRecorder throws. */
const importHar = async (
  file: string,
  config: Config,
  wishes: RecordWishes & { readonly service: string | undefined },
  notice: (text: string) => void,
): Promise<RecordedSource> => {
  const { entries, text } = readArchive(file)
  const recorder = openRecorder(config, wishes, { notice })
  const services = new Services(config, new Map())
  const named = namedService(services, wishes.service)
  const places = entryPlaces(text, file)
  const told: Entry[] = []
  for (const [i, entry] of entries.entries()) {
    const record = recordOf(entry, services, named)
    const why =
      typeof record === 'string' ? record : recorder.wants(record.call) ? undefined : 'not wanted by --filter'
    // A name made of its address could name somebody.
    told.push({
      outcome: why === undefined ? 'taken' : 'not possible',
      name: `entry ${i + 1}`,
      at: places[i],
      notes: why === undefined ? [] : [{ text: why }],
    })
    if (why !== undefined || typeof record === 'string') continue
    await recorder.room()
    recorder.add(record.call, record, 0)
  }
  return { ...(await resultOf(recorder, config.root, wishes, patienceMs)), entries: told }
}

export const harFormat: ExchangeFormat = {
  kind: 'exchanges',
  name: 'har',
  summary: 'fixtures of the calls that a browser saved, desensitized',
  record: importHar,
}

const readArchive = (file: string): { readonly entries: readonly HarEntry[]; readonly text: string } => {
  let text: string
  try {
    text = readFileSync(file, 'utf8').replace(/^\ufeff/, '')
  } catch (error) {
    throw new SvcMockError(
      'IMPORT_INVALID',
      `${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`,
    )
  }
  const json = parseJson(text)
  // The reason would quote the file, which nobody has masked.
  if (!json.ok) throw new SvcMockError('IMPORT_INVALID', `${file} is no JSON, so it is no HAR`)
  const entries = (json.value as { readonly log?: { readonly entries?: unknown } } | null)?.log?.entries
  if (Array.isArray(entries)) return { entries: entries as readonly HarEntry[], text }
  throw new SvcMockError('IMPORT_INVALID', `${file} has no log.entries, so it is no HAR`, {
    hint: 'save it in the browser: developer tools, network, save all as HAR with content',
  })
}

/** Why it is no record, in words without the content. */
const recordOf = (
  { startedDateTime, request, response }: HarEntry,
  services: Services,
  named: ServiceEntry | undefined,
): (Omit<RawRecord, 'case'> & { readonly call: ReturnType<typeof imaginedCall> }) | string => {
  const { method, url } = request ?? {}
  const status = response?.status
  if (typeof method !== 'string' || typeof url !== 'string' || !URL.canParse(url)) return 'no request'
  const { protocol, hostname, port, pathname, search } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') return 'no HTTP'
  if (typeof status !== 'number' || status === 0) return 'no response'
  const host = hostname.replace(/^\[|\]$/g, '')
  const found = services.find(host, Number(port || (protocol === 'https:' ? 443 : 80)), pathname)
  if (found === undefined && named === undefined) return `no service names ${host}`
  if (named !== undefined && found !== undefined && found.service.name !== named.name)
    return `of another service than ${named.name}`
  const service = found?.service ?? named!
  const body = bodyOf(response?.content)
  if (body === undefined) return 'its content was not saved'
  const sent = bodyOf(request?.postData) ?? []
  const path = pathname.slice(found?.basePath.length ?? 0) || '/'
  const headers = pairs(request?.headers)
  const call = imaginedCall(
    { method, path, search, headers, body: undefined },
    { service, basePath: '', target: { scheme: 'http', host, port: 80, basePath: '' } },
    newTenant('import'),
  )
  const at = Date.parse(String(startedDateTime))
  return {
    call,
    at: Number.isNaN(at) ? 0 : at,
    exchange: {
      protocol: 'http',
      service: service.name,
      operation: `${method} ${path}`,
      request: { target: path + search, headers, bodies: sent },
      // Browsers save what they have decoded, beside the header that says it is encoded.
      reply: { status, headers: pairs(response?.headers, 'content-encoding'), bodies: body },
    },
  }
}

/** HTTP/2's own names are no headers. */
const pairs = (headers: readonly HarHeader[] | undefined, without?: string): string[] =>
  (headers ?? []).flatMap(({ name, value }) =>
    typeof name !== 'string' ||
    typeof value !== 'string' ||
    name.startsWith(':') ||
    name.toLowerCase() === without
      ? []
      : [name, value],
  )

const bodyOf = (
  content: { readonly size?: unknown; readonly text?: unknown; readonly encoding?: unknown } | undefined,
): RecordedBody[] | undefined => {
  const { text, encoding, size } = content ?? {}
  if (typeof text !== 'string') return typeof size === 'number' && size > 0 ? undefined : []
  const bytes = Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8')
  return bytes.length === 0 ? [] : [{ kind: 'bytes', bytes }]
}
