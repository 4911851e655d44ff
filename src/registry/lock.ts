/**
 * `svc-mock.lock`, beside svc-mock.yaml and committed with it: what each address of `library:` became, so that everybody who has
 * the file has the same mocks. Only commands write it.
 */
import { readFileSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { z } from 'zod'
import { SvcMockError } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import { parseDocument, type YamlDocument } from '../yaml/document.ts'
import { writeYaml } from '../yaml/write.ts'
import { shapeProblems } from '../yaml/zod-problems.ts'

const lockFormat = 1

const text = z.string().min(1)

const lockedSchema = z.strictObject({
  name: text,
  version: text,
  /** Of a git repository. */
  commit: z
    .string()
    .regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'a commit has 40 or 64 hexadecimal digits')
    .optional(),
  /** Of npm: of the tarball. Of git: of paths and contents. */
  integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/, 'integrity must be sha512-… of 512 bits'),
  /** Versions by service, as the mock files say. */
  services: z.record(text, z.array(text)),
})

const lockSchema = z.strictObject({
  format: z.int().positive(),
  packages: z.record(text, lockedSchema),
})

/** What an address became. */
export type LockedPackage = z.infer<typeof lockedSchema>

/** By address, as written in svc-mock.yaml. */
export type LockedPackages = ReadonlyMap<string, LockedPackage>

/** `/x/svc-mock.yaml` -> `/x/svc-mock.lock` */
export const lockFileOf = (configFile: string): string =>
  `${configFile.slice(0, configFile.length - extname(configFile).length)}.lock`

export interface ReadLock {
  readonly packages: LockedPackages
  /** Of the whole file; then no package is known. */
  readonly problems: readonly Problem[]
}

/** A file that is not there locks nothing. */
export const readLock = (file: string): ReadLock => {
  const found = read(file)
  if (found === undefined) return { packages: new Map(), problems: [] }
  const shown = basename(file)
  const conflict = conflictIn(found, shown)
  if (conflict !== undefined) return { packages: new Map(), problems: [conflict] }
  const document = parseDocument(found, shown, 'LOCK_INVALID')
  const problems =
    document.problems.length > 0
      ? document.problems.map((problem) => unreadable(problem, shown))
      : mistakesIn(document)
  if (problems.length > 0) return { packages: new Map(), problems }
  return { packages: new Map(Object.entries(lockSchema.parse(document.value).packages)), problems: [] }
}

const unreadable = (problem: Problem, shown: string): Problem => ({
  ...problem,
  message: `${shown} cannot be read: ${problem.message}`,
  hint: 'restore it from git, or delete it and say svc-mock install',
})

const mistakesIn = (document: YamlDocument): readonly Problem[] => {
  const value = document.value ?? {}
  const format = typeof value === 'object' && 'format' in value ? value.format : undefined
  if (typeof format === 'number' && format > lockFormat) {
    return [
      {
        severity: 'error',
        code: 'LOCK_INVALID',
        ...document.locate(['format']),
        message: `the lock has format ${format}, and this svc-mock reads up to ${lockFormat}`,
        hint: 'use the svc-mock that wrote it, or a newer one',
      },
    ]
  }
  return shapeProblems({ schema: lockSchema, value, document, code: 'LOCK_INVALID' }).map((problem) =>
    unreadable(problem, document.file),
  )
}

/** What git leaves where two branches changed the same lines. */
const conflictIn = (lock: string, shown: string): Problem | undefined => {
  const lines = lock.split('\n')
  const line = lines.findIndex((one) => /^(?:<{7}|={7}|>{7}|\|{7})(?:[ \r]|$)/.test(one))
  if (line < 0) return undefined
  const frame = lines
    .slice(line, line + 3)
    .map((one, i) => `${line + 1 + i} | ${one}`)
    .join('\n')
  return {
    severity: 'error',
    code: 'LOCK_INVALID',
    at: { file: shown, line: line + 1, column: 1 },
    message: `${shown} holds a conflict of a merge`,
    hint: `take either side, git checkout --theirs ${shown}, then complete it: svc-mock install`,
    frame,
  }
}

/** The same packages, the same text, whatever order they came in. */
export const lockText = (packages: LockedPackages): string => {
  const sorted = [...packages].sort(([a], [b]) => (a < b ? -1 : 1))
  const entries = sorted.map(([address, { name, version, commit, integrity, services }]) => [
    address,
    {
      name,
      version,
      commit,
      integrity,
      services: Object.fromEntries(Object.entries(services).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  ])
  return `# What svc-mock.yaml's library became. svc-mock writes it; commit it.\n${writeYaml({
    format: lockFormat,
    packages: Object.fromEntries(entries),
  })}`
}

/** Throws LOCK_INVALID. */
export const mustReadLock = (file: string): LockedPackages => {
  const { packages, problems } = readLock(file)
  const [first] = problems
  if (first === undefined) return packages
  throw new SvcMockError('LOCK_INVALID', first.message, {
    ...(first.hint !== undefined && { hint: first.hint }),
    source: first.at,
    details: { frame: first.frame },
  })
}

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new SvcMockError('LOCK_INVALID', `${basename(file)} cannot be read`, { cause: error })
  }
}
