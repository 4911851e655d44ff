/** docs/msw.md says what the sample front end holds, what its code prints, and how large pages become. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { describe, expect, it } from 'vitest'
import { appFolder, barePage, viteConfig } from '../support/page-app.ts'

const root = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/msw.md', root), 'utf8')

/** Code whose first line is a comment with its name. */
const block = (name: string): string => {
  const found = [...page.matchAll(/^```ts\n\/\/ (.+)\n([\s\S]*?)^```/gm)].find(([, title]) => title === name)
  if (found === undefined) throw new Error(`docs/msw.md has no code named ${name}`)
  return found[2]!
}

describe('docs/msw.md', () => {
  it.each(['vite.config.ts', 'src/mocks.ts'])('shows %s of the sample front end', (name) => {
    expect(block(name)).toBe(readFileSync(new URL(`docs/examples/msw/${name}`, root), 'utf8'))
  })

  it('shows code for node that prints what it says', () => {
    const folder = appFolder('docs/examples/msw', { 'run.mjs': block('node') })
    const printed = execFileSync(process.execPath, ['run.mjs'], { cwd: folder, encoding: 'utf8' })
    const said = [...block('node').matchAll(/^\/\/ (.*)$/gm)].map(([, text]) => `${text}\n`).join('')
    expect(printed).toBe(said)
  })

  it('shows what is told of a call that no mock takes', () => {
    const told = /^```text\n([\s\S]*?)^```/m.exec(page)![1]!
    const url = /GET (\S+):/.exec(told)![1]!
    const code = block('node').replace(
      /^const reply[\s\S]*?^console.*$/m,
      `await fetch('${url}').catch(() => undefined)`,
    )
    const folder = appFolder('docs/examples/msw', {
      'run.mjs': code.replace(
        "onUnhandledRequest('error')",
        "onUnhandledRequest('error', { print: console.log })",
      ),
    })
    const printed = execFileSync(process.execPath, ['run.mjs'], { cwd: folder, encoding: 'utf8' })
    expect(printed.slice(0, told.length)).toBe(told)
  })
})

/** What a build's scripts weigh, in kB. */
const weigh = async (files: Readonly<Record<string, string>>): Promise<readonly [number, number]> => {
  const folder = appFolder(undefined, {
    ...barePage(),
    'svc-mock.yaml': 'services: { orders: { hosts: [orders.test.example.com] } }\n',
    ...files,
  })
  const made = (await build({
    ...viteConfig(folder, 'mocked'),
    build: { write: false },
  })) as Rolldown.RolldownOutput
  const code = made.output.flatMap((one) => (one.type === 'chunk' ? one.code : []))
  return [code.join('').length / 1000, code.reduce((sum, text) => sum + gzipSync(text).length, 0) / 1000]
}

const mock = (text: string): Readonly<Record<string, string>> => ({
  [join('mocks/orders/1.0.0/orders.yaml')]: `mocks:\n  - ${text}\n`,
})

const plain = mock('response: { body: 1 }')

const rows: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '`$matchesJsonSchema`': mock('request: { body: { $matchesJsonSchema: { type: object } } }'),
  '`$matchesJsonPath`, or `jsonpath` in an expression': mock(
    "request: { body: { $matchesJsonPath: '$.a' } }",
  ),
  '`$equalToXml`': mock("request: { body: { $equalToXml: '<a/>' } }"),
  '`$matchesXPath`': mock('request: { body: { $matchesXPath: //b } }'),
  '`faker` in an expression': mock('response: { body: "${{ faker.person.fullName() }}" }'),
}

describe('the size of a page', () => {
  const said = (row: string): readonly [number, number] => {
    const found = page.split('\n').find((line) => line.startsWith(`| ${row} |`))
    if (found === undefined) throw new Error(`docs/msw.md says no size of ${row}`)
    const [, , whole, gzipped] = found.split('|').map((cell) => Number(cell.replace('+', '')))
    return [whole!, gzipped!]
  }

  it('is what docs/msw.md says, nearly', async () => {
    const alone = await weigh({
      'main.ts': `import { setupWorker } from 'msw/browser'
import { http, HttpResponse } from 'msw'
await setupWorker(http.all('*', () => HttpResponse.error())).start()
`,
    })
    const engine = await weigh(plain)
    const measured: Record<string, readonly [number, number]> = {
      'MSW itself': alone,
      'the engine of svc-mock': [engine[0] - alone[0], engine[1] - alone[1]],
    }
    for (const [row, files] of Object.entries(rows)) {
      const more = await weigh(files)
      measured[row] = [more[0] - engine[0], more[1] - engine[1]]
    }
    const off = Object.entries(measured).flatMap(([row, sizes]) =>
      sizes.some((size, i) => Math.abs(size - said(row)[i]!) > Math.max(3, size * 0.05))
        ? [`${row}: ${sizes.map((size) => Math.round(size)).join(', ')} kB`]
        : [],
    )
    expect(off).toEqual([])
  }, 90_000)
})
