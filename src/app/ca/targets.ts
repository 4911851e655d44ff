/** How each system and runtime is told to trust our authority, and how to forget it: exact commands, as data. */

export type System = 'linux' | 'macos' | 'windows'

export interface TrustTarget {
  /** `debian`, `node`. */
  readonly id: string
  /** For people: `Debian, Ubuntu, Alpine`. */
  readonly name: string
  readonly trust: readonly string[]
  /** Empty: there is nothing that lasts. */
  readonly forget: readonly string[]
  readonly note?: string
}

export interface TrustPaths {
  /** `ca.pem`. */
  readonly certificate: string
  /** The usual roots and ours. */
  readonly bundle: string
  /** The same as a Java trust store. */
  readonly java: string
  readonly password: string
  /** SHA-1 of the certificate in hexadecimal: how Windows names it. */
  readonly thumbprint: string
}

export const systemOf = (platform: NodeJS.Platform): System =>
  platform === 'win32' ? 'windows' : platform === 'darwin' ? 'macos' : 'linux'

const posixQuoted = (path: string): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`

const quotedFor = (system: System) => (path: string) =>
  system === 'windows' ? `"${path}"` : posixQuoted(path)

/** The system's own store, then browsers that have one of their own. */
export const systemTargets = (
  system: System,
  { certificate, thumbprint }: TrustPaths,
): readonly TrustTarget[] => {
  const ca = quotedFor(system)(certificate)
  if (system === 'macos') {
    return [
      {
        id: 'macos',
        name: 'macOS: Safari, Chrome, curl, Swift, .NET, Go',
        trust: [
          `security add-trusted-cert -r trustRoot -k "$HOME/Library/Keychains/login.keychain-db" ${ca}`,
        ],
        forget: [`security remove-trusted-cert ${ca}`],
        note: 'macOS asks for your password',
      },
      firefox,
    ]
  }
  if (system === 'windows') {
    return [
      {
        id: 'windows',
        name: 'Windows: Edge, Chrome, .NET, PowerShell, Go, curl with Schannel',
        trust: [`certutil -user -addstore Root ${ca}`],
        forget: [`certutil -user -delstore Root ${thumbprint}`],
        note: 'Windows shows a window to confirm',
      },
      firefox,
    ]
  }
  return [
    {
      id: 'debian',
      name: 'Debian, Ubuntu, Alpine: curl, git, wget, Go, Ruby, .NET, Python with system certificates',
      trust: [`sudo cp ${ca} /usr/local/share/ca-certificates/svc-mock.crt`, 'sudo update-ca-certificates'],
      forget: [
        'sudo rm /usr/local/share/ca-certificates/svc-mock.crt',
        'sudo update-ca-certificates --fresh',
      ],
    },
    {
      id: 'redhat',
      name: 'Fedora, RHEL, CentOS, Amazon Linux',
      trust: [`sudo cp ${ca} /etc/pki/ca-trust/source/anchors/svc-mock.pem`, 'sudo update-ca-trust extract'],
      forget: ['sudo rm /etc/pki/ca-trust/source/anchors/svc-mock.pem', 'sudo update-ca-trust extract'],
    },
    {
      id: 'suse',
      name: 'openSUSE, SLES',
      trust: [`sudo cp ${ca} /etc/pki/trust/anchors/svc-mock.pem`, 'sudo update-ca-certificates'],
      forget: ['sudo rm /etc/pki/trust/anchors/svc-mock.pem', 'sudo update-ca-certificates'],
    },
    {
      id: 'arch',
      name: 'Arch Linux',
      trust: [`sudo trust anchor --store ${ca}`],
      forget: [`sudo trust anchor --remove ${ca}`],
    },
    {
      id: 'nss',
      name: 'Chrome and Chromium on Linux',
      trust: [`certutil -d "sql:$HOME/.pki/nssdb" -A -t C,, -n svc-mock -i ${ca}`],
      forget: ['certutil -d "sql:$HOME/.pki/nssdb" -D -n svc-mock'],
      note: 'certutil is in libnss3-tools (Debian) or nss-tools (Fedora)',
    },
    firefox,
  ]
}

const firefox: TrustTarget = {
  id: 'firefox',
  name: 'Firefox',
  trust: ['about:preferences#privacy -> View Certificates -> Authorities -> Import: the file above'],
  forget: ['the same place: Delete or Distrust'],
  note: "or set security.enterprise_roots.enabled to true, and Firefox takes the system's",
}

/** Variables are what `svc-mock run` sets; here for shells, IDEs and images. */
export const runtimeTargets = (system: System, paths: TrustPaths): readonly TrustTarget[] => {
  const quoted = quotedFor(system)
  const set = (name: string, value: string): string =>
    system === 'windows' ? `set ${name}=${value}` : `export ${name}=${posixQuoted(value)}`
  const { certificate, bundle, java, password } = paths
  const variable = (id: string, name: string, variables: readonly string[], file: string): TrustTarget => ({
    id,
    name,
    trust: variables.map((one) => set(one, file)),
    forget: [],
  })
  return [
    variable('node', 'Node, npm, Yarn, Electron', ['NODE_EXTRA_CA_CERTS'], certificate),
    variable('deno', 'Deno', ['DENO_CERT'], certificate),
    variable(
      'python',
      'Python: requests, httpx, urllib, pip',
      ['REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE', 'PIP_CERT'],
      bundle,
    ),
    {
      id: 'java',
      name: 'Java, for one program',
      trust: [
        `java -Djavax.net.ssl.trustStore=${quoted(java)} -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword=${password} …`,
      ],
      forget: [],
    },
    {
      id: 'jdk',
      name: 'Java 9 and newer, for a whole JDK',
      trust: [
        `keytool -importcert -noprompt -cacerts -storepass ${password} -alias svc-mock -file ${quoted(certificate)}`,
      ],
      forget: [`keytool -delete -cacerts -storepass ${password} -alias svc-mock`],
      note: 'Java 8: -keystore <jdk>/jre/lib/security/cacerts instead of -cacerts',
    },
    variable('go', 'Go on Linux, Ruby, PHP, Rust, OpenSSL', ['SSL_CERT_FILE'], bundle),
    variable('curl', 'curl', ['CURL_CA_BUNDLE'], bundle),
    {
      id: 'git',
      name: 'git',
      trust: [`git config --global http.sslCAInfo ${quoted(bundle)}`],
      forget: ['git config --global --unset http.sslCAInfo'],
    },
    variable('aws', 'AWS CLI and SDKs', ['AWS_CA_BUNDLE'], bundle),
    variable('cargo', 'Cargo', ['CARGO_HTTP_CAINFO'], bundle),
    variable('bundler', 'Bundler', ['BUNDLE_SSL_CA_CERT'], bundle),
    variable('grpc', 'gRPC: C++, Python, Ruby, grpc-js', ['GRPC_DEFAULT_SSL_ROOTS_FILE_PATH'], bundle),
    {
      id: 'dotnet',
      name: '.NET',
      trust: system === 'linux' ? [set('SSL_CERT_FILE', bundle)] : [],
      forget: [],
      note: "it takes the system's store",
    },
    {
      id: 'docker',
      name: 'a container image (Debian, Ubuntu, Alpine), in its Dockerfile',
      trust: ['COPY ca.pem /usr/local/share/ca-certificates/svc-mock.crt', 'RUN update-ca-certificates'],
      forget: [],
      note: 'after svc-mock ca export ca.pem; only for images that are used in tests',
    },
  ]
}
