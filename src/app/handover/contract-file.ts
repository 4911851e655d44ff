/** The file that holds the contract of one consumer with one provider: mocks in the ordinary format, the same bytes for the same use. */
import { type Fields, isFields } from '../../core/fields.ts'
import { contractFormat } from '../../mock/contract-schema.ts'
import { folderName } from '../../record/file-names.ts'
import { parseDocument } from '../../yaml/document.ts'
import { writeYaml } from '../../yaml/write.ts'
import { type Interaction, Interactions, interactionOf } from './interaction.ts'

export interface ContractText {
  readonly consumer: string
  readonly provider: string
  readonly protocol: string
  readonly interactions: readonly Interaction[]
}

const intro =
  '# A contract: what the tests of a consumer used of this service. svc-mock run --contract writes it anew.\n'

/** Below a folder of contracts. */
export const contractPath = (provider: string, consumer: string): string =>
  `${folderName(provider)}/${folderName(consumer)}.yaml`

export const renderContract = ({ consumer, provider, protocol, interactions }: ContractText): string => {
  const [version, another] = [...new Set(interactions.map(versionOf))]
  const shared = another === undefined ? version : undefined
  return (
    intro +
    writeYaml({
      service: provider,
      version: shared,
      protocol: protocol === 'http' ? undefined : protocol,
      contract: { format: contractFormat, consumer },
      mocks: named(interactions).map(({ name, mock }) => ({
        name,
        ...(shared === undefined ? mock : withoutVersion(mock)),
      })),
    })
  )
}

/** Undefined for a text that is no contract: a person's, or one that is broken. */
export const readContract = (text: string, file: string): ContractText | undefined => {
  const { value, problems } = parseDocument(text, file)
  if (problems.length > 0 || !isFields(value) || !isFields(value['contract'])) return undefined
  const { contract, service, version, protocol = 'http', mocks } = value
  const { consumer } = contract as Fields
  if (typeof consumer !== 'string' || typeof service !== 'string' || !Array.isArray(mocks)) return undefined
  const list = (mocks as readonly unknown[]).filter(isFields)
  const all = new Interactions()
  for (const mock of list) {
    const own = isFields(mock['contract']) ? mock['contract'] : {}
    const versioned = version === undefined ? own : { version: String(version), ...own }
    all.add(interactionOf({ ...mock, contract: versioned }))
  }
  return { consumer, provider: service, protocol: String(protocol), interactions: all.list() }
}

const versionOf = ({ mock }: Interaction): string | undefined => {
  const version = isFields(mock['contract']) ? mock['contract']['version'] : undefined
  return version === undefined ? undefined : String(version)
}

const withoutVersion = (mock: Fields): Fields => {
  const { version: _, ...contract } = mock['contract'] as Fields
  return { ...mock, contract }
}

/** A name stands once in a file: the second interaction of a mock has a number behind it. */
const named = (interactions: readonly Interaction[]): readonly Interaction[] => {
  const taken = new Set<string>()
  return interactions.map((one) => {
    let name = one.name
    for (let n = 2; taken.has(name); n++) name = `${one.name} (${n})`
    taken.add(name)
    return { ...one, name }
  })
}
