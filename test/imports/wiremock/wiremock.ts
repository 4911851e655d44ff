/** A real WireMock 3.13 (npm package `wiremock` has the jar) on a free port, ended when the tests are done. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface RealWireMock {
  readonly port: number
  stop(): Promise<void>
}

const jar = (): string => {
  const [found] = globSync('node_modules/wiremock/build/wiremock-standalone-*.jar')
  if (found === undefined) throw new Error('node_modules/wiremock/build has no jar')
  return found
}

export const startWireMock = async (): Promise<RealWireMock> => {
  const root = mkdtempSync(join(tmpdir(), 'svc-mock-wiremock-'))
  const child = spawn(
    'java',
    [
      '-XX:TieredStopAtLevel=1',
      '-Xmx512m',
      '-Duser.timezone=UTC',
      '-jar',
      jar(),
      '--port',
      '0',
      '--disable-banner',
      '--no-request-journal',
      '--root-dir',
      root,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let text = ''
  let wake = (): void => undefined
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      wake()
    })
  child.on('exit', () => wake())
  for (;;) {
    const found = /^port:\s+(\d+)/m.exec(text)
    if (found !== null && text.includes('extensions:'))
      return {
        port: Number(found[1]),
        stop: async () => {
          if (child.exitCode !== null) return
          const gone = once(child, 'exit')
          child.kill()
          await gone
        },
      }
    if (child.exitCode !== null) throw new Error(`WireMock did not start: ${text}`)
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
}
