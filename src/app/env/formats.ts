/** The same variables as each place wants them written. */

export const envFormats = ['shell', 'dotenv', 'vscode', 'idea', 'compose'] as const
export type EnvFormat = (typeof envFormats)[number]

type Variables = Readonly<Record<string, string>>

/** On Windows names of variables ignore case: both cases would be one variable named twice. */
const lines = (variables: Variables, line: (name: string, value: string) => string): string =>
  Object.entries(variables)
    .map(([name, value]) => line(name, value))
    .join('\n')

const shellQuoted = (value: string): string =>
  /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`

const doubleQuoted = (value: string): string =>
  /^[\w@%+=:,./-]*$/.test(value) ? value : JSON.stringify(value)

/** A container reaches this machine under a name of its own (Docker's `host-gateway`). */
export const forContainer = (variables: Variables): Variables =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      /^no_proxy$/i.test(name)
        ? value
        : value
            .replaceAll(/\/\/([^@/]*@)?(127\.0\.0\.1|localhost|\[::1\]):/g, '//$1host.docker.internal:')
            .replaceAll(/(proxyHost=)(127\.0\.0\.1|localhost|::1)\b/g, '$1host.docker.internal'),
    ]),
  )

/** Where a container finds the files that variables name. */
const mounted = '/etc/svc-mock-trust'

const compose = (variables: Variables, trustFolder: string | undefined): string => {
  const inside = forContainer(variables)
  const used = trustFolder !== undefined && Object.values(inside).some((value) => value.includes(trustFolder))
  const value = (text: string): string => {
    const own = used
      ? text.replaceAll(trustFolder, mounted).replaceAll(`"-D`, '-D').replaceAll(`p12"`, 'p12')
      : text
    // A single $ would be replaced by Compose.
    return JSON.stringify(own).replaceAll('$', '$$$$')
  }
  return [
    '# under the service in compose.yaml; svc-mock must listen where the container can reach it (--listen, --allow-remote)',
    'extra_hosts:',
    '  - "host.docker.internal:host-gateway"',
    ...(used
      ? ['volumes:', `  - ${JSON.stringify(`${trustFolder}:${mounted}:ro`).replaceAll('$', '$$$$')}`]
      : []),
    'environment:',
    lines(inside, (name, text) => `  ${name}: ${value(text)}`),
  ].join('\n')
}

const renderers: Readonly<
  Record<EnvFormat, (variables: Variables, trustFolder: string | undefined) => string>
> = {
  shell: (variables) => lines(variables, (name, value) => `export ${name}=${shellQuoted(value)}`),
  dotenv: (variables) => lines(variables, (name, value) => `${name}=${doubleQuoted(value)}`),
  vscode: (variables) => JSON.stringify({ env: variables }, null, 2),
  // What IntelliJ's "Environment variables" field takes: NAME=value;NAME=value.
  idea: (variables) =>
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value.replaceAll(';', '\\;')}`)
      .join(';'),
  compose,
}

/** `trustFolder`: of the files that the variables name, for containers. */
export const renderEnv = (variables: Variables, format: EnvFormat, trustFolder?: string): string =>
  renderers[format](variables, trustFolder)
