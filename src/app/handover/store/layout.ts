/**
 * What lies where in a store. Contracts lie where people look for them; what is known of versions lies in folders whose names begin
 * with `_`, which no service's folder does. Each fact is a file of its own, so that facts from several builds do not collide.
 *
 *     orders/shop/main.yaml                    the contract of shop with orders, of the last version published from main
 *     _contents/<hash>.yaml                    each contract that was ever published, once
 *     _versions/shop/<version>.yaml            which contracts a version of shop has
 *     _environments/production/shop.yaml       which version of shop runs there
 *     _verifications/orders/<version>/<hash>.yaml   whether that version of orders keeps a contract
 */

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ZodType, z } from 'zod'
import { type Fields, isFields } from '../../../core/fields.ts'
import type { Problem } from '../../../core/problem.ts'
import { folderName } from '../../../record/file-names.ts'
import { parseDocument } from '../../../yaml/document.ts'
import { writeYaml } from '../../../yaml/write.ts'
import { shapeProblems } from '../../../yaml/zod-problems.ts'
import { canonical } from '../canonical.ts'
import { writeWhole } from '../write-whole.ts'

const text = z.string().min(1)

const versionSchema = z.strictObject({
  name: text,
  version: text,
  branch: text,
  contracts: z.record(text, text).describe('Hashes of contracts by provider'),
})
const deploymentSchema = z.strictObject({ name: text, version: text, environment: text })
const verificationSchema = z.strictObject({
  provider: text,
  version: text,
  branch: text.optional(),
  consumer: text,
  contract: text,
  success: z.boolean(),
  verified: z.int(),
  of: z.int(),
  violations: z.int(),
})

export type VersionRecord = z.infer<typeof versionSchema>
export type Deployment = z.infer<typeof deploymentSchema>
export type VerificationRecord = z.infer<typeof verificationSchema>

export const contentHash = (contract: Fields): string => {
  const { version: _, branch: _b, ...own } = isFields(contract['contract']) ? contract['contract'] : {}
  return createHash('sha256')
    .update(canonical({ ...contract, contract: own }))
    .digest('hex')
    .slice(0, 32)
}

/** A store in a folder. Files that cannot be read are told in `problems`, and count as not being there. */
export class Store {
  readonly folder: string
  readonly problems: Problem[] = []

  constructor(folder: string) {
    this.folder = folder
  }

  branchFile(provider: string, consumer: string, branch: string): string {
    return join(this.folder, folderName(provider), folderName(consumer), `${folderName(branch)}.yaml`)
  }

  contentFile(hash: string): string {
    return join(this.folder, '_contents', `${folderName(hash)}.yaml`)
  }

  version(name: string, version: string): VersionRecord | undefined {
    return this.#read(versionSchema, ['_versions', name, version])
  }

  versions(): readonly VersionRecord[] {
    return this.#all(versionSchema, ['_versions'])
  }

  writeVersion(record: VersionRecord): void {
    this.#write(record, ['_versions', record.name, record.version])
  }

  deployments(environment?: string): readonly Deployment[] {
    return this.#all(
      deploymentSchema,
      environment === undefined ? ['_environments'] : ['_environments', folderName(environment)],
    )
  }

  writeDeployment(record: Deployment): void {
    this.#write(record, ['_environments', record.environment, record.name])
  }

  deploymentFile({ environment, name }: Omit<Deployment, 'version'>): string {
    return this.#file(['_environments', environment, name])
  }

  verification(provider: string, version: string, hash: string): VerificationRecord | undefined {
    return this.#read(verificationSchema, ['_verifications', provider, version, hash])
  }

  writeVerification(record: VerificationRecord): void {
    this.#write(record, ['_verifications', record.provider, record.version, record.contract])
  }

  /** Services that contracts are with. */
  providers(): readonly string[] {
    return [...new Set(this.versions().flatMap(({ contracts }) => Object.keys(contracts)))].sort()
  }

  #file([kind = '', ...names]: readonly string[]): string {
    return `${join(this.folder, kind, ...names.map(folderName))}.yaml`
  }

  #write(record: object, place: readonly string[]): void {
    writeWhole(this.#file(place), writeYaml(record))
  }

  #read<T>(schema: ZodType<T>, place: readonly string[]): T | undefined {
    return this.#parse(schema, this.#file(place))
  }

  #all<T>(schema: ZodType<T>, place: readonly string[]): readonly T[] {
    const folder = join(this.folder, ...place)
    if (!existsSync(folder)) return []
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yaml') && !/(?:^|[/\\])\./.test(name))
      .sort()
      .flatMap((name) => this.#parse(schema, join(folder, name)) ?? [])
  }

  #parse<T>(schema: ZodType<T>, file: string): T | undefined {
    if (!existsSync(file)) return undefined
    const shown = file.slice(this.folder.length + 1).replaceAll('\\', '/')
    const document = parseDocument(readFileSync(file, 'utf8'), shown, 'CONTRACT_INVALID')
    const { value } = document
    const problems =
      document.problems.length > 0
        ? document.problems
        : shapeProblems({ schema, value, document, code: 'CONTRACT_INVALID' })
    if (problems.length === 0) return value as T
    const known = new Set(this.problems.map(({ at }) => at.file))
    if (!known.has(shown)) this.problems.push(...problems)
    return undefined
  }
}
