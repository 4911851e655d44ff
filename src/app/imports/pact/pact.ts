/** Pact files as mock files: one for each service and consumer. What one file cannot say does not keep the others out. */
import { resolve } from 'node:path'
import type { Config } from '../../../config/config.ts'
import type { HttpInteraction } from '../../../contract/formats/pact/file/pact-file.ts'
import { mockOf } from '../../../contract/formats/pact/mocks/to-mock.ts'
import type { Problem } from '../../../core/problem.ts'
import { createPactMatcher } from '../../pact/matcher.ts'
import { pactFiles, readPact } from '../../pact/read-pact.ts'
import type { Entry } from '../format.ts'
import { shownFile, targetFile, type Written, writeMocks } from './pact-target.ts'

export interface PactWishes {
  /** Instead of the service that is called like the provider. */
  readonly service: string | undefined
  readonly version: string | undefined
  /** Replace files that a person has edited. */
  readonly force: boolean
}

export interface ImportedFile {
  /** Relative to the workspace. */
  readonly file: string
  /** Relative to the working directory. */
  readonly from: readonly string[]
  readonly service: string
  readonly consumer: string
  readonly mocks: number
  readonly outcome: Written
}

export interface PactImport {
  readonly files: readonly ImportedFile[]
  /** One for each interaction. */
  readonly entries: readonly Entry[]
  /** What mocks cannot say, with the name of the interaction. */
  readonly notes: readonly string[]
  /** Interactions that were not taken, by reason. */
  readonly left: Readonly<Record<string, number>>
  readonly problems: readonly Problem[]
  /** Services that svc-mock.yaml does not have. */
  readonly unknownServices: readonly string[]
}

/** Several files may be about the same two. */
interface Gathered {
  readonly service: string
  readonly consumer: string
  readonly from: string[]
  readonly mocks: Readonly<Record<string, unknown>>[]
}

/** `paths`: files, or folders whose `.json` files are taken; relative to `cwd`. Throws PACT_INVALID for a path that is not there. */
export const importPacts = (
  paths: readonly string[],
  cwd: string,
  config: Config,
  wishes: PactWishes,
): PactImport => {
  const targets = new Map<string, Gathered>()
  const notes: string[] = []
  const entries: Entry[] = []
  const left: Record<string, number> = {}
  const problems: Problem[] = []
  const { ruleTools } = createPactMatcher()
  for (const path of paths.flatMap((one) => pactFiles(resolve(cwd, one)))) {
    const { shown, pact, problems: own, at } = readPact(path, cwd, ruleTools)
    problems.push(...own)
    if (pact === undefined) continue
    const taken: HttpInteraction[] = []
    for (const one of pact.interactions) {
      if (one.kind === 'http') taken.push(one)
      else {
        left[one.what] = (left[one.what] ?? 0) + 1
        const place = one.kind === 'message' ? at(one.path) : undefined
        const what = [{ text: `${one.what}: no call that a mock of HTTP answers` }]
        entries.push({ outcome: 'not possible', name: one.description, at: place, notes: what })
      }
    }
    if (taken.length === 0 || pact.consumer === '' || pact.provider === '') continue
    const service = wishes.service ?? serviceOf(config, pact.provider)
    const parties = {
      consumer: pact.consumer,
      provider: pact.provider === service ? undefined : pact.provider,
    }
    const imported = taken.map((one) => {
      const { mock, notes: own } = mockOf(one, parties, ruleTools)
      notes.push(...own.map((note) => `${one.description}: ${note}`))
      const outcome = own.length === 0 ? 'taken' : 'changed'
      entries.push({
        outcome,
        name: one.description,
        at: at(one.path),
        notes: own.map((text) => ({ text })),
      })
      return mock
    })
    const file = targetFile(config, { service, version: wishes.version, consumer: pact.consumer })
    const gathered = targets.get(file) ?? { service, consumer: pact.consumer, from: [], mocks: [] }
    targets.set(file, gathered)
    gathered.from.push(shown)
    gathered.mocks.push(...imported)
  }
  const files = [...targets].map(([file, { service, consumer, from, mocks }]): ImportedFile => {
    const content = { service, version: wishes.version, mocks: namedApart(mocks) }
    return {
      file: shownFile(config, file),
      from,
      service,
      consumer,
      mocks: mocks.length,
      outcome: writeMocks(file, content, wishes.force),
    }
  })
  const known = new Set(config.services.map(({ name }) => name))
  const unknownServices = [...new Set(files.map(({ service }) => service))].filter((name) => !known.has(name))
  return { files, entries, notes, left, problems, unknownServices }
}

/** The service of that name, however it is written; else the provider's own name as a folder can have it. */
const serviceOf = ({ services }: Config, provider: string): string => {
  const plain = (name: string): string =>
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '')
  return services.find(({ name }) => plain(name) === plain(provider))?.name ?? (plain(provider) || 'provider')
}

/** A name stands once in a file; V4 and messages allow it twice. */
const namedApart = (mocks: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] => {
  const seen = new Map<unknown, number>()
  return mocks.map((mock) => {
    const count = (seen.get(mock['name']) ?? 0) + 1
    seen.set(mock['name'], count)
    return count === 1 || mock['name'] === undefined
      ? mock
      : { ...mock, name: `${String(mock['name'])} (${count})` }
  })
}
