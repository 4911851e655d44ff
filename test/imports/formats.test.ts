/**
 * Files of other tools and what becomes of them: the mock files, the report with its places, and the answers. The answers in calls.json
 * were given by the tool itself (mountebank 2.9.1, Mockoon 9.9.0, MockServer 5.15.0); those of Hoverfly and Postman are what their
 * documentation says.
 */
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { request as send } from 'node:http'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ImportResult, importFrom } from '../../src/app/imports/import-from.ts'
import { importFormats } from '../../src/app/imports/index.ts'
import { openLibrary } from '../../src/app/library.ts'
import { openWorkspace } from '../../src/app/workspace.ts'
import { formatLocation } from '../../src/core/source.ts'
import { proxy } from '../support/proxy.ts'
import { workspace } from '../support/workspace.ts'

const fixtures = join(import.meta.dirname, '../fixtures/import')

const cases = [
  ['mountebank', 'orders/imposters.json'],
  ['mountebank', 'predicates/imposters.json'],
  ['mockoon', 'shop/environment.json'],
  ['mockoon', 'templates/environment.json'],
  ['mockserver', 'accounts/expectations.json'],
  ['hoverfly', 'flights/simulation.json'],
  ['postman', 'pets/collection.json'],
] as const

const settings = 'services:\n  shop:\n    hosts: [shop.test]\n    listen: 127.0.0.1:0\n'

const imported = async (format: string, file: string): Promise<{ folder: string; result: ImportResult }> => {
  const { folder } = workspace({ 'svc-mock.yaml': settings })
  const from = join(fixtures, format, dirname(file))
  for (const name of readdirSync(from))
    if (name !== 'expected' && name !== 'calls.json')
      cpSync(join(from, name), join(folder, name), { recursive: true })
  return { folder, result: await again(folder, format, basename(file)) }
}

const again = (folder: string, format: string, source: string): Promise<ImportResult> => {
  const found = importFormats.find(({ name }) => name === format)
  if (found?.kind !== 'mocks') throw new Error(format)
  return importFrom(found, source, {
    config: openWorkspace({ cwd: folder, env: {} }).config,
    cwd: folder,
    service: 'shop',
    version: '1.0.0',
    seed: '',
    allowRemoteRefs: false,
  })
}

const filesIn = (folder: string, below = ''): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
      const name = below === '' ? entry.name : `${below}/${entry.name}`
      return entry.isDirectory()
        ? Object.entries(filesIn(folder, name))
        : [[name, readFileSync(join(folder, name), 'utf8')]]
    }),
  )

const reportOf = ({ entries }: ImportResult): string =>
  entries
    .map(({ outcome, name, at, notes }) =>
      [
        `${outcome}: ${name}  ${at === undefined ? '' : formatLocation(at)}`,
        ...notes.map((note) => `  ${note.text}  ${note.at === undefined ? '' : formatLocation(note.at)}`),
      ].join('\n'),
    )
    .join('\n')
    .concat('\n')

describe.each(cases)('%s %s', (format, file) => {
  const expected = join(fixtures, format, dirname(file), 'expected')

  it('becomes these files, with this report, which are in force', async () => {
    const { folder, result } = await imported(format, file)
    expect(result.folder).toBe('mocks/shop/1.0.0')
    const files = filesIn(join(folder, result.folder))
    for (const [name, text] of Object.entries(files))
      await expect(text).toMatchFileSnapshot(join(expected, name))
    await expect(reportOf(result)).toMatchFileSnapshot(join(expected, 'report.txt'))
    const library = await openLibrary(openWorkspace({ cwd: folder, env: {} }).config)
    expect(library.check([]).problems.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  it('changes nothing when it is imported again', async () => {
    const { folder, result } = await imported(format, file)
    const before = filesIn(join(folder, 'mocks'))
    const second = await again(folder, format, basename(file))
    expect({ ...second, entries: [] }).toMatchObject({ added: 0, updated: 0, removed: 0, kept: [] })
    expect(second.unchanged).toBe(result.added)
    expect(filesIn(join(folder, 'mocks'))).toEqual(before)
  })

  const recorded = join(fixtures, format, dirname(file), 'calls.json')
  it.runIf(existsSync(recorded))('answers as the tool does', async () => {
    const { folder } = await imported(format, file)
    const mocks = Object.entries(filesIn(join(folder, 'mocks'))).map(([name, text]) => [
      `mocks/${name}`,
      text,
    ])
    const running = await proxy({ 'svc-mock.yaml': settings, ...Object.fromEntries(mocks) })
    const calls = JSON.parse(readFileSync(recorded, 'utf8')) as readonly ToolCall[]
    const port = running.ownPort('shop')
    for (const call of calls) {
      const { answer, ...asked } = call
      expect({ ...asked, answer: comparable(await ask(port, call)) }).toEqual({
        ...asked,
        answer: comparable(answer),
      })
    }
  })
})

interface ToolAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, unknown>>
  readonly body?: string
  /** The connection ended without an answer. */
  readonly error?: true
}

interface ToolCall {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: unknown
  /** `none`: nothing of the source is for the call. */
  readonly answer: ToolAnswer | 'none'
}

/** JSON is compared as a value: tools write it with other white space. */
const comparable = (answer: ToolAnswer | 'none'): unknown => {
  if (answer === 'none' || answer.headers?.['x-svc-mock-error'] === 'MOCK_NOT_MATCHED') return 'none'
  try {
    return { ...answer, body: JSON.parse(answer.body ?? '') as unknown }
  } catch {
    return answer
  }
}

const compared = /^(?:x-|set-cookie$|location$)/

const ask = (port: number, { method = 'GET', path, headers = {}, body }: ToolCall): Promise<ToolAnswer> =>
  new Promise((resolve) => {
    const typed = 'content-type' in headers || body === undefined
    const call = send(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        headers: { ...(typed ? {} : { 'content-type': 'application/json' }), ...headers },
      },
      (reply) => {
        const parts: Buffer[] = []
        reply.on('data', (part: Buffer) => parts.push(part))
        reply.on('error', () => resolve({ error: true }))
        reply.on('end', () =>
          resolve({
            status: reply.statusCode!,
            headers: Object.fromEntries(
              Object.entries(reply.headers).filter(([name]) => compared.test(name)),
            ),
            body: Buffer.concat(parts).toString('latin1'),
          }),
        )
      },
    )
    call.on('error', () => resolve({ error: true }))
    call.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body))
  })
