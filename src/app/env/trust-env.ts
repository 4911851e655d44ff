/** The variables by which each runtime comes to trust our authority, besides everything that it trusts already. */
import { SvcMockError } from '../../core/errors.ts'
import { openAuthority } from '../../tls/authority-file.ts'
import { storePassword } from '../../tls/pkcs12.ts'
import type { Environment } from './proxy-env.ts'
import { TrustFiles } from './trust-files.ts'

export interface TrustEnv {
  readonly variables: Readonly<Record<string, string>>
  /** For JAVA_TOOL_OPTIONS. */
  readonly java: readonly string[]
  /** What the user must know: own settings that were left as they are. */
  readonly notes: readonly string[]
}

/** These add a file to the roots that they know. */
const adding = ['NODE_EXTRA_CA_CERTS', 'DENO_CERT'] as const

/** These know nothing but the file, so it has to hold all roots. */
const replacing = [
  'SSL_CERT_FILE', // OpenSSL, and with it Python, Ruby, PHP; Go and Rust on Linux
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'AWS_CA_BUNDLE',
  'PIP_CERT',
  'CARGO_HTTP_CAINFO',
  'NIX_SSL_CERT_FILE',
  'BUNDLE_SSL_CA_CERT',
  'HEX_CACERTS_PATH',
  'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
  'CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE',
  'YARN_HTTPS_CA_FILE_PATH',
  'npm_config_cafile',
] as const

/** Makes the authority and the files if need be. Throws CA_BROKEN, CA_EXPIRED, CA_NOT_WRITABLE. */
export const trustEnv = (userFolder: string, inherited: Environment): TrustEnv => {
  const files = new TrustFiles(userFolder, openAuthority(userFolder))
  const variables: Record<string, string> = {}
  const notes: string[] = []
  const set = (name: string, standard: () => string): void => {
    const users = inheritedValue(inherited, name)
    const file = users === undefined || files.isOurs(users) ? standard() : files.bundleWith(users)
    if (file === undefined) {
      notes.push(
        `${name} stays ${users}: that is no file of certificates, to which svc-mock's could be added; what reads it will not trust svc-mock`,
      )
    } else variables[name] = file
  }
  for (const name of adding) set(name, () => files.own())
  for (const name of replacing) set(name, () => files.bundle())
  const java = javaTrust(inherited, files)
  return { variables, java: java.java, notes: [...notes, ...java.notes] }
}

/** Without a certificate authority calls still pass; only TLS cannot be read. */
export const trustEnvOrNote = (userFolder: string, inherited: Environment): TrustEnv => {
  try {
    return trustEnv(userFolder, inherited)
  } catch (error) {
    if (!(error instanceof SvcMockError)) throw error
    return { variables: {}, java: [], notes: [`TLS cannot be read: ${error.message}; ${error.hint}`] }
  }
}

const javaTrust = (inherited: Environment, files: TrustFiles): Pick<TrustEnv, 'java' | 'notes'> => {
  const users = trustStoreIn(inherited['JAVA_TOOL_OPTIONS'] ?? '')
  if (users !== undefined && !files.isOurs(users)) {
    return {
      java: [],
      notes: [
        `JAVA_TOOL_OPTIONS keeps your trust store ${users}; for svc-mock's certificates add its authority: keytool -importcert -noprompt -alias svc-mock -file ${files.own()} -keystore ${users}`,
      ],
    }
  }
  return {
    java: [
      quoted(`-Djavax.net.ssl.trustStore=${files.javaStore()}`),
      '-Djavax.net.ssl.trustStoreType=PKCS12',
      `-Djavax.net.ssl.trustStorePassword=${storePassword}`,
    ],
    notes: [],
  }
}

const trustStoreIn = (options: string): string | undefined => {
  const match =
    /(?:"-Djavax\.net\.ssl\.trustStore=([^"]*)"|'-Djavax\.net\.ssl\.trustStore=([^']*)'|-Djavax\.net\.ssl\.trustStore=(\S*))/.exec(
      options,
    )
  return match?.slice(1).find((file) => file !== undefined)
}

/** The JVM splits the variable at white space that does not stand in quotes. */
const quoted = (option: string): string => (/\s/.test(option) ? `"${option}"` : option)

/** Names of variables ignore case on Windows, and npm ignores it everywhere. */
const inheritedValue = (env: Environment, name: string): string | undefined => {
  const asWritten = env[name]
  if (asWritten) return asWritten
  if (name !== 'npm_config_cafile' && process.platform !== 'win32') return undefined
  return Object.entries(env).find(([key, value]) => key.toLowerCase() === name.toLowerCase() && value)?.[1]
}
