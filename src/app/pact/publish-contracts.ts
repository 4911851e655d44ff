/** `svc-mock contract publish --to <broker>`: what the tests used, as Pact files. */
import { basename, join, relative, resolve } from 'node:path'
import { SvcMockError } from '../../core/errors.ts'
import { makePacts } from '../exports/pact/export.ts'
import { ownContracts } from '../handover/store/publish.ts'
import { libraryTools } from '../library-tools.ts'
import { MockLibrary } from '../mock-library.ts'
import { type PublishedPacts, type PublishPactWishes, publishPacts } from './publish.ts'

export interface PublishContractWishes extends PublishPactWishes {
  /** Where `run --contract` wrote, absolute. */
  readonly folder: string
  readonly consumer: string
  /** Of svc-mock. */
  readonly program: string
}

export interface PublishedContracts {
  readonly published: readonly PublishedPacts[]
  readonly notes: readonly string[]
  /** Mocks that no Pact file can hold, by reason. */
  readonly left: Readonly<Record<string, number>>
}

/** Rejects as ownContracts and publishPacts do, and with FLAG_INVALID where no mock can be said in a Pact file. */
export const publishContractsToBroker = async (
  wishes: PublishContractWishes,
): Promise<PublishedContracts> => {
  const { folder, consumer, program } = wishes
  const paths = ownContracts(folder, consumer).map(({ file }) => resolve(file))
  const tools = await libraryTools()
  const files = paths.flatMap((path) => {
    const own = join(folder, basename(join(path, '..')))
    const display = relative(process.cwd(), own) || '.'
    return new MockLibrary(
      process.cwd(),
      [{ folder: own, display, layer: 1, only: new Set([path]) }],
      tools,
    ).files()
  })
  const made = makePacts(files, { consumer, name: undefined, spec: 4, version: program })
  if (made.pacts.length === 0)
    throw new SvcMockError('FLAG_INVALID', `no contract of ${consumer} can be said in a Pact file`, {
      hint: 'Pact files hold HTTP; a folder or a git repository takes all contracts',
    })
  return { published: await publishPacts(made.pacts, wishes), notes: made.notes, left: made.left }
}
