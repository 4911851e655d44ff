/** `control:` of svc-mock.yaml with defaults filled in. */
import { isLoopback } from './addresses.ts'
import { parseListen, parseSize } from './authority.ts'
import type { Address, ControlConfig } from './config.ts'
import type { Environment } from './overrides.ts'
import type { Report } from './report.ts'
import type { ConfigFile } from './schema.ts'

const defaultJournalBytes = 32 * 1024 * 1024
const anyPort: Address = { host: '127.0.0.1', port: 0 }
/** A port that stands in a file is known to every process of the machine, so the token is all there is. */
const leastTokenLength = 16

export const readControl = (file: ConfigFile, env: Environment, report: Report): ControlConfig => {
  const { journal, wiremock = false } = file.control ?? {}
  const size = journal === undefined ? undefined : parseSize(String(journal))
  if (size?.ok === false) report.add(['control', 'journal'], size)
  return {
    listen: readListen(file, report),
    wiremock,
    journalBytes: size?.ok === true ? size.value : defaultJournalBytes,
    token: readToken(env, report),
  }
}

const readListen = (file: ConfigFile, report: Report): Address => {
  const written = file.control?.listen
  if (written === undefined) return anyPort
  const parsed = parseListen(String(written))
  if (!parsed.ok) {
    report.add(['control', 'listen'], parsed)
    return anyPort
  }
  const { host, port } = parsed.value
  if (host === 'localhost') return { host: '127.0.0.1', port }
  if (isLoopback(host)) return parsed.value
  report.add(['control', 'listen'], {
    message: `the control address must be on loopback, and ${host} is not`,
    hint: `write 127.0.0.1:${port}`,
  })
  return anyPort
}

const readToken = (env: Environment, report: Report): string | undefined => {
  const token = env['SVC_MOCK_CONTROL_TOKEN']
  if (token === undefined || token === '') return undefined
  if (token.length >= leastTokenLength && /^[!-~]+$/.test(token)) return token
  // The token itself stands in no message.
  report.add(['control'], {
    message: `SVC_MOCK_CONTROL_TOKEN must have at least ${leastTokenLength} characters, all printable ASCII without blanks`,
    hint: 'openssl rand -hex 16 makes one',
  })
  return undefined
}
