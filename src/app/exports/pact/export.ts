/** Mocks as Pact files: one for each consumer and provider. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config } from '../../../config/config.ts'
import type { SpecVersion } from '../../../contract/formats/pact/file/parts.ts'
import { writePact } from '../../../contract/formats/pact/file/write-pact.ts'
import { type Interaction, interactionOf } from '../../../contract/formats/pact/mocks/from-mock.ts'
import { SvcMockError } from '../../../core/errors.ts'
import type { Problem } from '../../../core/problem.ts'
import type { MockDefinition, MockFile } from '../../../mock/definition.ts'
import { folderName } from '../../../record/file-names.ts'
import { libraryTools } from '../../library-tools.ts'
import { MockLibrary } from '../../mock-library.ts'
import { wantedFiles } from '../../wanted-files.ts'

export { specVersions } from '../../../contract/formats/pact/match-case.ts'

export interface ExportWishes {
  /** Mock files or folders; none: all of the library. */
  readonly paths: readonly string[]
  readonly service: string | undefined
  /** Who asks, where a mock does not say; default: `name` of svc-mock.yaml. */
  readonly consumer: string | undefined
  readonly spec: SpecVersion
  /** Folder, relative to the working directory. */
  readonly out: string
  /** Of svc-mock. */
  readonly version: string
}

export interface ExportedPact {
  /** As it was asked for: `pacts/web-orders.json`. */
  readonly file: string
  readonly consumer: string
  readonly provider: string
  readonly interactions: number
}

export interface PactExport {
  readonly files: readonly ExportedPact[]
  readonly notes: readonly string[]
  /** Mocks that were not taken, by reason. */
  readonly left: Readonly<Record<string, number>>
  /** Of mock files that are not in force. */
  readonly problems: readonly Problem[]
}

/** Throws FLAG_INVALID where nobody says who the consumer is. */
export const exportPacts = async (config: Config, wishes: ExportWishes): Promise<PactExport> => {
  const library = MockLibrary.open(config, await libraryTools())
  const { wants } = wantedFiles(
    wishes.paths,
    library.files().map(({ path }) => path),
  )
  const wanted = library
    .filesInForce()
    .filter((file) => wants(file.path) && (wishes.service === undefined || file.service === wishes.service))
  const made = makePacts(wanted, { ...wishes, name: config.name })
  const files = made.pacts.map(({ consumer, provider, interactions, text }) => {
    const name = `${folderName(consumer)}-${folderName(provider)}.json`
    mkdirSync(resolve(wishes.out), { recursive: true })
    writeFileSync(resolve(wishes.out, name), text)
    return { file: join(wishes.out, name), consumer, provider, interactions }
  })
  return { files, notes: made.notes, left: made.left, problems: library.problems() }
}

export interface PactWishes {
  readonly consumer: string | undefined
  /** Who asks where nobody else says: `name` of svc-mock.yaml. */
  readonly name: string | undefined
  readonly spec: SpecVersion
  /** Of svc-mock. */
  readonly version: string
}

/** A Pact file that was not written yet. */
export interface MadePact {
  readonly consumer: string
  readonly provider: string
  readonly interactions: number
  readonly text: string
}

export interface MadePacts {
  readonly pacts: readonly MadePact[]
  readonly notes: readonly string[]
  readonly left: Readonly<Record<string, number>>
}

/** Mocks as Pact files: to be written, or published. Throws FLAG_INVALID where nobody says who the consumer is. */
export const makePacts = (files: readonly MockFile[], wishes: PactWishes): MadePacts => {
  const pairs = new Map<
    string,
    { readonly consumer: string; readonly provider: string; readonly interactions: Interaction[] }
  >()
  const left: Record<string, number> = {}
  const notes: string[] = []
  for (const file of files) {
    for (const mock of file.mocks) {
      const interaction = notExported(file, mock) ?? interactionOf(exported(mock))
      if (typeof interaction === 'string') {
        left[interaction] = (left[interaction] ?? 0) + 1
        continue
      }
      notes.push(...interaction.notes.map((note) => `${mock.name}: ${note}`))
      const consumer = consumerOf(mock, wishes)
      const provider = (mock.contract || undefined)?.pact?.provider ?? file.service
      const key = JSON.stringify([consumer, provider])
      const pair = pairs.get(key) ?? { consumer, provider, interactions: [] }
      pairs.set(key, pair)
      pair.interactions.push(interaction)
    }
  }
  const pacts = [...pairs.values()].map(({ consumer, provider, interactions }): MadePact => {
    const written = writePact({ consumer, provider }, interactions, wishes.spec, {
      name: 'svc-mock',
      version: wishes.version,
    })
    notes.push(...written.notes)
    const text = `${pretty(written.document)}\n`
    return { consumer, provider, interactions: interactions.length, text }
  })
  return { pacts, notes, left }
}

const notExported = ({ protocol }: MockFile, mock: MockDefinition): string | undefined => {
  if (mock.contract === false) return 'contract: false'
  if (protocol !== 'http') return `protocol ${protocol}`
  if (mock.fault !== undefined) return 'a fault'
  if (mock.script !== undefined) return 'a script'
  if (mock.responses !== undefined) return 'answers in turn'
  if (mock.response === undefined) return 'the real service answers'
  const request = mock.request as
    | {
        readonly script?: unknown
        readonly cookies?: unknown
        readonly multipart?: unknown
        readonly url?: unknown
        readonly urlPath?: unknown
      }
    | undefined
  if (request?.script !== undefined) return 'a script'
  if (request?.url !== undefined || request?.urlPath !== undefined)
    return 'a condition on the URL as it was sent'
  return request?.multipart === undefined ? undefined : 'a multipart body'
}

const exported = ({ name, request, response, contract }: MockDefinition) => ({
  name,
  request: (request ?? {}) as Readonly<Record<string, unknown>>,
  response: response as Readonly<Record<string, unknown>>,
  contract: contract === undefined || contract === false ? {} : contract,
})

const consumerOf = ({ contract }: MockDefinition, { consumer, name }: PactWishes): string => {
  const kept = contract === undefined || contract === false ? undefined : contract.pact?.consumer
  const found = consumer ?? kept ?? name
  if (found !== undefined) return found
  throw new SvcMockError('FLAG_INVALID', 'nothing says who the consumer is', {
    hint: 'say --consumer <name>, or write name: <name> in svc-mock.yaml',
  })
}

interface RawJson {
  rawJSON(text: string): unknown
}

/** Indented, with all digits of long integers. */
const pretty = (document: unknown): string =>
  JSON.stringify(
    document,
    (_key, value: unknown) =>
      typeof value === 'bigint' ? (JSON as unknown as RawJson).rawJSON(String(value)) : value,
    2,
  )
