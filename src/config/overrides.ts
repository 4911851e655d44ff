/** Environment variables and flags as layers above the files: flags win over the environment, it wins over files. */

import { nearest } from '../yaml/nearest.ts'
import { parseListen, withoutPassword } from './authority.ts'
import { type Layer, mergeLayers, namedLayer } from './layer.ts'
import type { Report } from './report.ts'
import { type ConfigFile, configSchema } from './schema.ts'

export interface ConfigFlags {
  readonly tenant?: string | undefined
  readonly listen?: string | undefined
  readonly port?: number | undefined
  readonly onMiss?: string | undefined
  readonly strict?: boolean | undefined
  readonly allowRemote?: boolean | undefined
  /** `host:port` of the control address. */
  readonly control?: string | undefined
  readonly wiremock?: boolean | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

interface Override {
  readonly variable: string
  readonly flag?: keyof ConfigFlags
  /** The settings, or what is wrong in words. */
  readonly read: (
    written: string,
    below: ConfigFile,
  ) => ConfigFile | { readonly mistake: string; readonly hint: string }
}

const choice =
  (key: 'onMiss' | 'unknownHosts', allowed: readonly string[]): Override['read'] =>
  (written) => {
    if (configSchema.shape[key].safeParse(written).success) return { [key]: written } as ConfigFile
    const near = nearest(written, allowed)
    const mistake = `must be one of ${allowed.join(', ')}, not ${JSON.stringify(written)}`
    return {
      mistake,
      hint: near === undefined ? `write one of ${allowed.join(', ')}` : `did you mean ${near}?`,
    }
  }

const port: Override['read'] = (written, below) => {
  if (!/^\d{1,5}$/.test(written) || Number(written) > 65535) {
    return {
      mistake: `must be a port from 0 to 65535, not ${JSON.stringify(written)}`,
      hint: '0 takes a free one',
    }
  }
  const listen = parseListen(String(below.listen ?? ''))
  const host = listen.ok ? listen.value.host : '127.0.0.1'
  return { listen: `${host.includes(':') ? `[${host}]` : host}:${written}` }
}

const yesOrNo: Override['read'] = (written) =>
  written === 'true' || written === 'false'
    ? { control: { wiremock: written === 'true' } }
    : { mistake: `must be true or false, not ${JSON.stringify(written)}`, hint: 'write true or false' }

const credentials: Override['read'] = (written) => {
  const colon = written.indexOf(':')
  if (colon < 1 || colon === written.length - 1)
    return { mistake: 'must be user:password', hint: 'write user:password' }
  return { proxyCredentials: { user: written.slice(0, colon), password: written.slice(colon + 1) } }
}

/** The password of `upstreamProxy: http://user@host:port`, which belongs into no file that is committed. */
const proxyPassword: Override['read'] = (password, { upstreamProxy = '' }) => {
  const match = /^(http:\/\/)([^/@:]+)(?::[^/@]*)?(@.*)$/i.exec(upstreamProxy)
  if (match === null) {
    return {
      mistake: 'needs the user that it belongs to',
      hint: 'write upstreamProxy: http://user@host:port in svc-mock.yaml',
    }
  }
  return { upstreamProxy: `${match[1]}${match[2]}:${encodeURIComponent(password)}${match[3]}` }
}

/** Weaker ones first. */
export const overrides: readonly Override[] = [
  { variable: 'SVC_MOCK_TENANT', flag: 'tenant', read: (tenant) => ({ tenant }) },
  { variable: 'SVC_MOCK_LISTEN', flag: 'listen', read: (listen) => ({ listen }) },
  { variable: 'SVC_MOCK_PORT', flag: 'port', read: port },
  { variable: 'SVC_MOCK_CONTROL', flag: 'control', read: (listen) => ({ control: { listen } }) },
  { variable: 'SVC_MOCK_WIREMOCK', flag: 'wiremock', read: yesOrNo },
  { variable: 'SVC_MOCK_ON_MISS', flag: 'onMiss', read: choice('onMiss', ['fail', 'passthrough', 'record']) },
  { variable: 'SVC_MOCK_UNKNOWN_HOSTS', read: choice('unknownHosts', ['passthrough', 'fail']) },
  { variable: 'SVC_MOCK_UPSTREAM_PROXY', read: (upstreamProxy) => ({ upstreamProxy }) },
  // After the address, so that it belongs to the one in force.
  { variable: 'SVC_MOCK_UPSTREAM_PROXY_PASSWORD', read: proxyPassword },
  { variable: 'SVC_MOCK_PROXY_CREDENTIALS', read: credentials },
]

/** What these hold is shown nowhere; of an address only the password is hidden. */
const secrets: ReadonlySet<string> = new Set([
  'SVC_MOCK_PROXY_CREDENTIALS',
  'SVC_MOCK_UPSTREAM_PROXY_PASSWORD',
])

/** The layers of the files with those of environment and flags on top. An empty variable counts as not set. */
export const withOverrides = (
  files: readonly Layer[],
  { env, flags, folder }: { env: Environment; flags: ConfigFlags; folder: string },
  report: Report,
): readonly Layer[] => {
  const layers = [...files]
  const put = (name: string, written: string, override: Override): void => {
    const result = override.read(written, mergeLayers(layers))
    const shown = secrets.has(override.variable) ? '***' : withoutPassword(written)
    if (!('mistake' in result)) {
      layers.push(namedLayer(name, shown, folder, result))
      return
    }
    const layer = namedLayer(name, shown, folder, {})
    report.addIn(layer, [], {
      message: `${name} ${result.mistake}`,
      hint: result.hint,
      code: name.startsWith('--') ? 'FLAG_INVALID' : 'CONFIG_INVALID',
    })
  }
  for (const override of overrides) {
    const written = env[override.variable]
    if (written !== undefined && written !== '') put(override.variable, written, override)
  }
  for (const override of overrides) {
    const written = override.flag === undefined ? undefined : flags[override.flag]
    if (written !== undefined) put(flagName(override.flag!), String(written), override)
  }
  return layers
}

const flagName = (flag: string): string =>
  `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
