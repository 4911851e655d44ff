/**
 * `svc-mock export har`: each mock as an exchange (HTTP Archive 1.2), with a request that it answers and the answer that it gives.
 * Expressions and scripts are evaluated once, at a fixed time and with a fixed chance, so that the same mocks give the same file.
 */
import type { Config } from '../../../config/config.ts'
import { SvcMockError } from '../../../core/errors.ts'
import type { Reply } from '../../../core/reply.ts'
import { mockFilter } from '../../../filters/mock.ts'
import type { CompiledMock } from '../../../mock/compiled.ts'
import type { MockDefinition, MockFile } from '../../../mock/definition.ts'
import { homeOf } from '../../../proxy/services.ts'
import { inItsPlace } from '../../contract/in-its-place.ts'
import { requestOf } from '../../contract/provider-request.ts'
import { stillClock } from '../../examples/still-clock.ts'
import { placeCall } from '../../explain-call.ts'
import type { Entry, Note } from '../../imports/format.ts'
import { libraryTools } from '../../library-tools.ts'
import { MockLibrary } from '../../mock-library.ts'
import type { ExportContext, ExportedSet, ExportFormat } from '../format.ts'
import { type HarEntry, harEntry } from './entry.ts'

export const harExport: ExportFormat = {
  name: 'har',
  summary: 'an exchange for each mock, as HTTP Archive 1.2',
  out: 'har',
  write: (files, context) => writeHar(files, context),
}

/** What `now()` gives while a file is written. */
const moment = Date.parse('2026-01-01T00:00:00Z')

const writeHar = async (
  files: readonly MockFile[],
  { config, version }: ExportContext,
): Promise<ExportedSet> => {
  const tools = await libraryTools({ seed: 1, now: () => moment })
  try {
    const library = MockLibrary.open(config, tools)
    const entries: Entry[] = []
    const exchanges: HarEntry[] = []
    for (const file of files)
      for (const definition of file.mocks) {
        const made = await exchangeOf(definition, file, { config, library, tools })
        const notes: readonly Note[] =
          typeof made === 'string' ? [{ text: made }] : made.notes.map((text) => ({ text }))
        entries.push({
          outcome: typeof made === 'string' ? 'not possible' : notes.length === 0 ? 'taken' : 'changed',
          name: definition.name,
          at: definition.at,
          notes,
        })
        if (typeof made !== 'string') exchanges.push(...made.entries)
      }
    const log = { version: '1.2', creator: { name: 'svc-mock', version }, entries: exchanges }
    return { files: new Map([['mocks.har', `${JSON.stringify({ log }, null, 2)}\n`]]), entries }
  } finally {
    tools.scripts?.close()
  }
}

interface Surroundings {
  readonly config: Config
  readonly library: MockLibrary
  readonly tools: Awaited<ReturnType<typeof libraryTools>>
}

interface Exchanges {
  readonly entries: readonly HarEntry[]
  readonly notes: readonly string[]
}

/** Why there is none, in words. */
const exchangeOf = async (
  definition: MockDefinition,
  file: MockFile,
  { config, library, tools }: Surroundings,
): Promise<Exchanges | string> => {
  if (file.protocol !== 'http') return `HAR holds HTTP, and this is ${file.protocol}`
  const service = config.services.find(({ name }) => name === file.service)
  const home = service && homeOf(service)
  if (home === undefined) return `svc-mock.yaml names no host for ${file.service}`
  const mock = library.index
    .service(file.service)
    ?.mocks.find(({ where }) => where === `${definition.at.file}:${definition.at.line}`)
  if (mock === undefined) return 'it is not in force'
  if (mock.asksUpstream) return 'the real service answers, and what it says is not known'
  const made = await requestOf(mock, definition, {
    config,
    index: library.index,
    values: new Map(),
    headers: [],
  })
  if ('notVerifiable' in made) return made.notVerifiable
  const { request } = made
  const port = home.port === 80 ? '' : `:${home.port}`
  const host = home.host.includes(':') ? `[${home.host}]` : home.host
  const url = `http://${host}${port}${home.basePath}${request.target}`
  const asked = { ...request, url, headers: [['host', `${host}${port}`] as const, ...request.headers] }
  const tenant = inItsPlace(callTo(asked, config), mock, definition).tenant
  const entries: HarEntry[] = []
  for (let turn = 0; turn < turnsOf(definition); turn++) {
    const reply = await replyTo(asked, tenant, mock, { config, library, tools, definition })
    if (typeof reply === 'string') return reply
    entries.push(harEntry(asked, reply, { name: definition.name, at: moment }))
  }
  return { entries, notes: notesOf(definition) }
}

/** Answers that come in turn are as many exchanges; of a mock that must not answer twice, one. */
const turnsOf = ({ responses, times }: MockDefinition): number =>
  Math.min(responses?.length ?? 1, times ?? Number.POSITIVE_INFINITY)

type Asked = Parameters<typeof harEntry>[0]

const callTo = ({ method, url, headers, body }: Asked, config: Config) =>
  placeCall(config, {
    method,
    url: new URL(url),
    typed: url,
    headers: headers.filter(([name]) => name !== 'host').flat(),
    body,
  }).call

const replyTo = async (
  asked: Asked,
  tenant: ReturnType<typeof callTo>['tenant'],
  mock: CompiledMock,
  { config, library, tools, definition }: Surroundings & { readonly definition: MockDefinition },
): Promise<Extract<Reply, { kind: 'single' }> | string> => {
  const placed = inItsPlace(callTo(asked, config), mock, definition)
  const call = Object.create(placed, { tenant: { value: tenant } }) as typeof placed
  const filter = mockFilter(library.index, tools.dialects, {
    clock: stillClock(),
    chance: () => 0,
    fate: () => ({ hit: false, delayMs: 0 }),
  })
  try {
    const reply = await filter.handle(call, () => {
      throw new SvcMockError('UPSTREAM_UNREACHABLE', 'the real service is asked')
    })
    if (call.context.mock !== mock) return 'another mock answers its calls'
    return reply.kind === 'single' ? reply : 'its answer is no whole reply'
  } catch (error) {
    if (error instanceof SvcMockError) return `no answer could be made: ${error.message}`
    throw error
  }
}

const notesOf = ({ fault, scenarioName, times, script, request }: MockDefinition): readonly string[] => [
  ...(fault === undefined ? [] : ['the fault is left out']),
  ...(scenarioName === undefined ? [] : ['the scenario is left out']),
  ...(times === undefined ? [] : ['times is left out']),
  ...(script === undefined ? [] : ['the script gave one answer, which stands for all']),
  ...(hasConditions(request) ? ['conditions became values that meet them'] : []),
]

const hasConditions = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, member]) => key.startsWith('$') || hasConditions(member))
}
