/**
 * The manifest of a mock package, `svc-mock-package.json` beside its `package.json`: what is in it, known without reading
 * a mock file. `svc-mock pack` writes it, whoever installs the package reads it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { valid } from 'semver'
import { z } from 'zod'
import { SvcMockError } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import { parseDocument } from '../yaml/document.ts'
import { shapeProblems } from '../yaml/zod-problems.ts'
import { isInnerPath } from './inner-path.ts'

export const manifestFile = 'svc-mock-package.json'

/** What we write, and the newest that we read. It grows when an older svc-mock would misread a package, and only then. */
export const manifestFormat = 1

const text = z.string().min(1)

const innerPath = text.refine((path) => isInnerPath(path), {
  error: 'a path must lead into the package, with / between its steps',
})

const hashedFile = {
  file: innerPath,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'sha256 must be 64 hexadecimal digits'),
}

const serviceSchema = z.object({
  protocol: text,
  /** Of the interface, as the mock files say; empty where they say none. */
  versions: z.array(text),
  mocks: z.int().nonnegative(),
  /** What the mocks were held against. */
  spec: z
    .object({
      ...hashedFile,
      /** Files that it refers to, and further definitions. */
      others: z.array(z.object(hashedFile)).optional(),
    })
    .optional(),
})

/** Keys that are not known are left alone: a later svc-mock may tell more in the same format. */
const manifestSchema = z.object({
  format: z.int().positive(),
  /** Version of the svc-mock that made the package. */
  tool: text,
  /** Folders of mock files inside the package; earlier ones win. */
  library: z.array(innerPath).min(1),
  services: z.record(text, serviceSchema),
})

export type PackageManifest = z.infer<typeof manifestSchema>
export type PackagedService = z.infer<typeof serviceSchema>

/** All files that a service was held against. */
export const specFiles = ({
  spec,
}: PackagedService): readonly { readonly file: string; readonly sha256: string }[] =>
  spec === undefined ? [] : [spec, ...(spec.others ?? [])]

/** What `package.json` says that matters here. */
export interface PackageIdentity {
  readonly name: string
  readonly version: string
}

/** Ends with a line break; the same manifest, the same text. */
export const manifestText = (manifest: PackageManifest): string => {
  const services = Object.entries(manifest.services).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${JSON.stringify({ ...manifest, services: Object.fromEntries(services) }, null, 2)}\n`
}

/** `shown`: the package as people know it. Throws PACKAGE_INVALID, PACKAGE_TOO_NEW. */
export const readManifest = (folder: string, shown: string): PackageManifest => {
  const text = read(join(folder, manifestFile))
  if (text === undefined)
    throw new SvcMockError('PACKAGE_INVALID', `${shown} is no mock package: it has no ${manifestFile}`, {
      hint: 'is the name right? mock packages are made by svc-mock pack',
    })
  return parseManifest(text, shown)
}

/** The same of a text. */
export const parseManifest = (text: string, shown: string): PackageManifest => {
  const document = parseDocument(text, manifestFile, 'PACKAGE_INVALID')
  refuse(document.problems, shown)
  const value = document.value
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined
  if (typeof format === 'number' && format > manifestFormat) {
    const tool = value !== null && typeof value === 'object' && 'tool' in value ? value.tool : undefined
    const by = typeof tool === 'string' && valid(tool) !== null ? ` by svc-mock ${tool}` : ''
    throw new SvcMockError(
      'PACKAGE_TOO_NEW',
      `${shown} was packed${by} in format ${format}, and this svc-mock reads up to format ${manifestFormat}`,
      { source: document.locate(['format']).at },
    )
  }
  refuse(shapeProblems({ schema: manifestSchema, value, document, code: 'PACKAGE_INVALID' }), shown)
  return manifestSchema.parse(value)
}

const identitySchema = z.object({ name: text, version: text })

/** Throws PACKAGE_INVALID. */
export const readIdentity = (folder: string, shown: string): PackageIdentity => {
  const found = read(join(folder, 'package.json'))
  if (found === undefined)
    throw new SvcMockError('PACKAGE_INVALID', `${shown} is no package: it has no package.json`)
  const document = parseDocument(found, 'package.json', 'PACKAGE_INVALID')
  refuse(document.problems, shown)
  refuse(
    shapeProblems({ schema: identitySchema, value: document.value, document, code: 'PACKAGE_INVALID' }),
    shown,
  )
  return identitySchema.parse(document.value)
}

const refuse = (problems: readonly Problem[], shown: string): void => {
  const [first] = problems
  if (first === undefined) return
  throw new SvcMockError(
    'PACKAGE_INVALID',
    `${shown} is no mock package that can be read: ${first.message}`,
    {
      source: first.at,
      details: { problems },
    },
  )
}

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    throw error
  }
}
