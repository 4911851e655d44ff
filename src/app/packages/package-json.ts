/** The package.json of a workspace that is packed: what it says of the package goes in, what it says of the repository does not. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { valid } from 'semver'
import { SvcMockError } from '../../core/errors.ts'
import { parseAddress } from '../../registry/address.ts'
import { parseDocument } from '../../yaml/document.ts'

export interface PackageDescription {
  readonly name: string
  readonly version: string
  /** What the package's own package.json has, but for `files`. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** Scripts and dependencies are not among them: nothing of a mock package is run, and it needs no other. */
const kept: readonly string[] = [
  'name',
  'version',
  'private',
  'description',
  'keywords',
  'homepage',
  'bugs',
  'license',
  'author',
  'contributors',
  'funding',
  'repository',
  'publishConfig',
]

/** Throws PACK_IMPOSSIBLE, with the place. */
export const readPackageJson = (root: string): PackageDescription => {
  const file = join(root, 'package.json')
  if (!existsSync(file))
    throw new SvcMockError('PACK_IMPOSSIBLE', 'there is no package.json beside svc-mock.yaml', {
      hint: 'make one with name and version: npm init --scope @acme, or npm pkg set name=@acme/orders-mocks version=1.0.0',
    })
  const document = parseDocument(readFileSync(file, 'utf8'), 'package.json', 'PACK_IMPOSSIBLE')
  const [first] = document.problems
  if (first !== undefined) throw refusal(first.message, document.problems[0]!.at, first.hint)
  const value = document.value
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >
  const { name, version } = fields
  if (typeof name !== 'string' || !parseAddress(`npm:${name}`).ok)
    throw refusal(
      name === undefined
        ? 'package.json has no name'
        : `${JSON.stringify(name)} is no name of an npm package`,
      document.locate(['name']).at,
      'names are lower case: orders-mocks, or @acme/orders-mocks',
    )
  if (typeof version !== 'string' || valid(version) !== version)
    throw refusal(
      version === undefined
        ? 'package.json has no version'
        : `${JSON.stringify(version)} is no version of a package`,
      document.locate(['version']).at,
      'write a whole version: 1.4.0; npm version minor counts it up',
    )
  return {
    name,
    version,
    fields: Object.fromEntries(
      kept.flatMap((key) => (Object.hasOwn(fields, key) ? [[key, fields[key]]] : [])),
    ),
  }
}

const refusal = (
  message: string,
  source: { readonly file: string; readonly line: number; readonly column: number },
  hint?: string,
): SvcMockError =>
  new SvcMockError('PACK_IMPOSSIBLE', message, { source, ...(hint !== undefined && { hint }) })
