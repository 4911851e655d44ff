/** The variables that bring a program's calls to a proxy, in all the spellings that clients read. */
import type { ServiceView } from '../running.ts'
import { isStraight, javaNonProxyHosts, type NoProxy, noProxyFor } from './no-proxy.ts'
import type { TrustEnv } from './trust-env.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface ProxyTarget {
  /** `127.0.0.1:8700`. */
  readonly listen: string
  readonly credentials?: { readonly user: string; readonly password: string } | undefined
  readonly services: readonly Pick<ServiceView, 'name' | 'protocol' | 'listen' | 'hosts'>[]
  /** How programs come to trust our certificates; absent where no TLS is read. */
  readonly trust?: TrustEnv | undefined
}

export interface ProxyEnv {
  readonly variables: Readonly<Record<string, string>>
  readonly noProxy: NoProxy
  /** What the user must know, a line each. */
  readonly notes: readonly string[]
}

/** A listener on all addresses is called on loopback. */
export const reachable = (listen: string): string =>
  listen.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:')

/** `payment-api` -> `PAYMENT_API_URL`. */
export const urlVariable = (service: string): string =>
  `${service
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '_')
    .replace(/^(?=\d)/, '_')}_URL`

const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'grpc_proxy']

const bothCases = (name: string, value: string): [string, string][] => [
  [name.toUpperCase(), value],
  [name.toLowerCase(), value],
]

const javaOptions = (listen: string, noProxy: NoProxy): string => {
  const colon = listen.lastIndexOf(':')
  const host = listen.slice(0, colon).replace(/^\[|\]$/g, '')
  const port = listen.slice(colon + 1)
  return [
    `-Dhttp.proxyHost=${host}`,
    `-Dhttp.proxyPort=${port}`,
    `-Dhttps.proxyHost=${host}`,
    `-Dhttps.proxyPort=${port}`,
    `-Dhttp.nonProxyHosts=${javaNonProxyHosts(noProxy)}`,
  ].join(' ')
}

/** Without what ours replaces: a shell that has taken our variables before must not collect them. */
const otherJavaOptions = (inherited: Environment, trust: boolean): string =>
  (inherited['JAVA_TOOL_OPTIONS'] ?? '')
    .replace(/(^|\s)-Dhttps?\.(proxyHost|proxyPort|nonProxyHosts)=\S*/g, '')
    .replace(
      trust
        ? /(^|\s)(?:"-Djavax\.net\.ssl\.trustStore\w*=[^"]*"|-Djavax\.net\.ssl\.trustStore\w*=\S*)/g
        : /(?!)/,
      '',
    )
    .trim()

/** Own ports by which a program calls services directly; they must not go round through the proxy. */
const ownPorts = (target: ProxyTarget): string[] =>
  target.services.flatMap(({ listen }) => (listen === undefined ? [] : [reachable(listen)]))

export const proxyEnv = (target: ProxyTarget, inherited: Environment): ProxyEnv => {
  const listen = reachable(target.listen)
  const { credentials } = target
  const login = credentials
    ? `${encodeURIComponent(credentials.user)}:${encodeURIComponent(credentials.password)}@`
    : ''
  const users = inheritedNoProxy(inherited)
  const noProxy = noProxyFor(
    users,
    target.services.flatMap(({ hosts }) => hosts),
  )
  const noProxyValue = [...noProxy.entries, ...(noProxy.loopbackProxied ? ownPorts(target) : [])].join(',')
  const trustOptions = target.trust?.java ?? []
  const java = [
    otherJavaOptions(inherited, trustOptions.length > 0),
    javaOptions(listen, noProxy),
    ...trustOptions,
  ]
    .filter(Boolean)
    .join(' ')
  const urls = target.services
    .filter(({ protocol, listen }) => (protocol === 'http' || protocol === 'grpc') && listen !== undefined)
    .map((service): [string, string] => [urlVariable(service.name), `http://${reachable(service.listen!)}`])
  return {
    noProxy,
    notes: target.trust?.notes ?? [],
    variables: Object.fromEntries([
      ...proxyNames.flatMap((name) => bothCases(name, `http://${login}${listen}`)),
      ...bothCases('NO_PROXY', noProxyValue),
      ['NODE_USE_ENV_PROXY', '1'],
      ['JAVA_TOOL_OPTIONS', java],
      ...Object.entries(target.trust?.variables ?? {}),
      ...urls,
    ]),
  }
}

/** Names in `inherited` that differ only in case are one variable on Windows; ours must be the one that counts. */
export const mergeEnv = (
  inherited: Environment,
  own: Readonly<Record<string, string>>,
): Record<string, string> => {
  const replaced = new Set(Object.keys(own).map((name) => name.toUpperCase()))
  const merged: Record<string, string> = {}
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && !replaced.has(name.toUpperCase())) merged[name] = value
  }
  return { ...merged, ...own }
}

const inheritedNoProxy = (env: Environment): string | undefined => env['NO_PROXY'] || env['no_proxy']

/** Where calls go straight although there is an inherited proxy. */
export const straightFrom =
  (env: Environment) =>
  (host: string, port: number): boolean =>
    isStraight(inheritedNoProxy(env), host, port)

/** The proxy that this process was told to use: calls that leave us go on through it. */
export const inheritedProxy = (env: Environment): string | undefined =>
  ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy']
    .map((name) => env[name])
    .find((value) => value !== undefined && /^http:\/\/./i.test(value))
