/** Types that `svc-mock types` makes, and what the compiler says with them of scripts that are right and of scripts that are not. */
import { execFile } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { makeTypes } from '../../../src/app/types/make-types.ts'
import { openWorkspace } from '../../../src/app/workspace.ts'
import { proxy } from '../../support/proxy.ts'
import { raw } from '../../support/raw.ts'
import { type TestWorkspace, workspace } from '../../support/workspace.ts'

const run = promisify(execFile)
const project = fileURLToPath(new URL('../../fixtures/types/library', import.meta.url))
const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))

const copy = (): TestWorkspace => {
  const space = workspace()
  cpSync(project, space.folder, { recursive: true })
  return space
}

const make = (space: TestWorkspace, check = false) => {
  const { config } = openWorkspace({ cwd: space.folder, env: {} })
  return makeTypes(config, { out: join(space.folder, 'types/mocks.d.ts'), check })
}

/** `file:line` of what the compiler does not like. */
const complaints = async (folder: string): Promise<readonly string[]> => {
  const { stdout } = await run(process.execPath, [tsc, '--pretty', 'false'], { cwd: folder }).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? String(error) }),
  )
  return stdout
    .split('\n')
    .filter((line) => /error TS/.test(line))
    .map((line) => line.replace(/^(\S+?)\((\d+),\d+\).*$/, '$1:$2'))
}

/** `file:line` of lines that say of themselves that they are wrong. */
const marked = (folder: string): readonly string[] =>
  readdirSync(join(folder, 'scripts')).flatMap((name) =>
    readFileSync(join(folder, 'scripts', name), 'utf8')
      .split('\n')
      .flatMap((line, i) => (line.endsWith('// wrong') ? [`scripts/${name}:${i + 1}`] : [])),
  )

describe('types of a library', () => {
  it('let right scripts and tests compile, and no wrong line', { timeout: 60_000 }, async () => {
    const space = copy()
    const made = await make(space)
    expect(made.warnings).toEqual([])
    const wrong = marked(space.folder)
    expect(wrong.length).toBeGreaterThan(20)
    const found = await complaints(space.folder)
    expect([...new Set(found)].sort()).toEqual([...wrong].sort())
  })

  it('may stand in a script that runs', async () => {
    const test = await proxy({
      'svc-mock.yaml': 'services: { plain: }\n',
      'types/mocks.d.ts': (await make(copy())).text,
      'mocks/plain/1.0.0/pay.yaml': `mocks:
  - name: large amounts
    request: { method: GET, path: '/pay/{currency}' }
    script: ./pay.ts
`,
      'mocks/plain/1.0.0/pay.ts': `import type { Script } from '../../../types/mocks.d.ts'

export default (({ params }) => ({ body: { currency: params.currency } })) satisfies Script<'plain: large amounts'>
`,
    })
    expect(test.running.problems()).toEqual([])
    const client = await raw(test.port)
    client.send('GET http://plain/pay/EUR HTTP/1.1\r\nHost: plain\r\nConnection: close\r\n\r\n')
    expect(await client.rest()).toContain('{"currency":"EUR"}')
  })

  it('are the same each time, and a file that says so is left alone', async () => {
    const space = copy()
    expect(await make(space)).toMatchObject({ changed: true, mocks: 11, operations: 4 })
    expect(await make(space)).toMatchObject({ changed: false })
    expect(await make(space, true)).toMatchObject({ changed: false })
    // As git on Windows may check it out.
    const file = join(space.folder, 'types/mocks.d.ts')
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'))
    expect(await make(space, true)).toMatchObject({ changed: false })
  })

  it('that are old, or missing, are told, and nothing is written', async () => {
    const space = copy()
    await expect(make(space, true)).rejects.toMatchObject({ code: 'TYPES_STALE' })
    const { text } = await make(space)
    space.write(
      'mocks/orders/2.0.0/more.yaml',
      'mocks: [{ name: one more, request: { path: /more }, response: {} }]\n',
    )
    await expect(make(space, true)).rejects.toMatchObject({ code: 'TYPES_STALE' })
    expect(readFileSync(join(space.folder, 'types/mocks.d.ts'), 'utf8')).toBe(text)
    const again = await make(space)
    expect(again.text).toContain('"orders: one more"')
  })

  it('do not change with the place of a mock in its file', async () => {
    const space = copy()
    const { text } = await make(space)
    const file = join(space.folder, 'mocks/plain/1.0.0/plain.yaml')
    writeFileSync(file, `# a comment\n\n${readFileSync(file, 'utf8')}`)
    expect((await make(space)).text).toBe(text)
  })

  it('know what extends another mock, and nothing of what is replaced or switched off', async () => {
    const space = workspace({
      'svc-mock.yaml': "disable: ['plain: off']\nservices: { plain: }\n",
      'mocks/plain/1.0.0/a.yaml': `mocks:
  - { name: base, request: { path: /a }, response: { body: { a: 1 } } }
  - { name: off, request: { path: /off }, response: { body: 1 } }
`,
      'mocks/plain/1.0.0/b.yaml': `mocks:
  - { name: more, extends: 'plain: base', patch: { response: { body: { b: text } } } }
`,
    })
    const { text } = await make(space)
    expect([...text.matchAll(/^ {2}readonly "(.*?)"/gm)].map((match) => match[1])).toEqual([
      'plain: base',
      'plain: more',
    ])
    expect(text.slice(text.indexOf('"plain: more"'))).toMatch(/readonly a: number\n\s+readonly b: string/)
  })

  it('are refused where mocks or contracts have mistakes', async () => {
    const space = copy()
    space.write('mocks/orders/2.0.0/bad.yaml', 'mocks: [{ request: { methud: GET } }]\n')
    await expect(make(space)).rejects.toMatchObject({ code: 'MOCK_FILE_INVALID' })
    space.remove('mocks/orders/2.0.0/bad.yaml')
    space.write('orders.yaml', 'openapi: 3.1.0\npaths: { /x: { $ref: "#/nowhere" } }\n')
    await expect(make(space)).rejects.toMatchObject({ code: 'CONTRACT_INVALID' })
  })
})
