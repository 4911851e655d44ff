/** `svc-mock record` in a workspace of its own, before a real service that a test writes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { type RequestListener, request } from 'node:http'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Program, type Ready } from './spawn.ts'
import { makeFolder } from './spawn-workspace.ts'
import { upstream } from './upstream.ts'

export const maskKey = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'

export interface Space {
  readonly folder: string
  /** Where programs keep their state, outside the workspace. */
  readonly state: string
  readonly env: Readonly<Record<string, string>>
}

/** One service, users in version 1.0.0. */
export const recordSpace = async (answer: RequestListener, more = ''): Promise<Space> => {
  const { port } = await upstream(answer)
  const folder = makeFolder({
    'svc-mock.yaml': `services:\n  users:\n    upstream: http://127.0.0.1:${port}\n    version: 1.0.0\n${more}`,
  })
  const state = makeFolder()
  return { folder, state, env: { SVC_MOCK_MASK_KEY: maskKey, XDG_STATE_HOME: state } }
}

export const startRecord = async (
  { folder, env }: Space,
  args: readonly string[] = [],
): Promise<{ readonly program: Program; readonly listen: string }> => {
  const program = new Program(['record', '--port', '0', '--json', ...args], { cwd: folder, env })
  onTestFinished(() => void program.stop('SIGKILL'))
  const { listen } = await program.line<Ready>(({ type }) => type === 'ready')
  return { program, listen }
}

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export const ask = (
  listen: string,
  path: string,
  { method, headers, body }: Asked = {},
): Promise<{ readonly status: number; readonly body: Buffer }> =>
  new Promise((resolve, reject) => {
    const [host, port] = listen.split(':')
    const out = request(
      {
        host,
        port,
        path,
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: { host: 'users', connection: 'close', ...headers },
      },
      (reply) => {
        const chunks: Buffer[] = []
        reply.on('data', (chunk: Buffer) => chunks.push(chunk))
        reply.on('end', () => resolve({ status: reply.statusCode!, body: Buffer.concat(chunks) }))
        reply.on('error', reject)
      },
    )
    out.on('error', reject)
    out.end(body)
  })

/** Below a folder, absolute. */
export const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
    : []

export const fixturesOf = ({ folder }: Space): string[] => filesBelow(join(folder, 'fixtures'))

/** All texts and names below a folder. */
export const everything = (folder: string): string =>
  filesBelow(folder)
    .map((file) => `${file}\n${readFileSync(file, 'latin1')}`)
    .join('\n')

/** The last line of `--json`: what was recorded. */
export const resultIn = <T = Record<string, unknown>>(stdout: string): T =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type?: string })
    .find(({ type }) => type === 'recorded') as T
