/**
 * One error class, one table. Whose fault it is, the exit code and the default hint come from the table,
 * never from the thrower. `svc-mock explain <CODE>` prints an entry, so the table is the documentation.
 */
import type { SourceLocation } from './source.ts'

/** `check`: a verification did its job and found something. `bug`: ours. */
export type Fault = 'check' | 'user' | 'environment' | 'bug'

export interface ErrorEntry {
  readonly fault: Fault
  /** One sentence: what it means. */
  readonly summary: string
  /** The next action, ideally a command. */
  readonly hint: string
}

/** 0 is success. 1 a check found something, 2 the user's file or flag, 3 the environment, 70 our bug (sysexits' EX_SOFTWARE). */
export const exitCodes: Readonly<Record<Fault, number>> = { check: 1, user: 2, environment: 3, bug: 70 }

export const errors = {
  // calls
  MOCK_NOT_MATCHED: {
    fault: 'check',
    summary: 'No mock of the service matches this call.',
    hint: 'read the nearest mocks in the answer, or try: svc-mock explain <METHOD> <url>',
  },
  MOCK_EXHAUSTED: {
    fault: 'check',
    summary: 'A mock with repeat: fail has given all of its responses.',
    hint: 'begin again with svc-mock reset, add responses to the mock, or write repeat: last or cycle',
  },
  UNKNOWN_HOST: {
    fault: 'check',
    summary: 'The call goes to a host that no service names, and unknown hosts are refused.',
    hint: 'add the host to a service in svc-mock.yaml, or under allowHosts if it is only infrastructure',
  },
  REGEX_TIMEOUT: {
    fault: 'check',
    summary: 'A regular expression of a mock took too long on this value, so the mock does not match.',
    hint: 'rewrite the expression without nested repetition; svc-mock check names the risky ones',
  },
  LOOP: {
    fault: 'environment',
    summary: 'The call came back to svc-mock itself and would go round for ever.',
    hint: 'call the service by its own name through the proxy: curl -x http://127.0.0.1:8700 http://<host>/…',
  },
  UPSTREAM_UNREACHABLE: {
    fault: 'environment',
    summary: 'The real service could not be reached.',
    hint: 'check the upstream address in svc-mock.yaml and your VPN, or answer the call from a mock: svc-mock mode <service> mock',
  },
  UPSTREAM_REFUSED: {
    fault: 'user',
    summary:
      'svc-mock listens beyond this machine and the call goes to a loopback, link-local or metadata address that no service names.',
    hint: 'name the host in a service of svc-mock.yaml if it is meant',
  },
  PRODUCTION_REFUSED: {
    fault: 'user',
    summary: 'The configuration or a call points at something that guard.production names.',
    hint: 'svc-mock is for test environments; remove the address, or correct guard.production',
  },
  PATCH_FAILED: {
    fault: 'user',
    summary: 'The patch of a mock does not fit the reply that the real service gave.',
    hint: 'compare the patch with what was there, which the answer tells; or answer from a mock with response',
  },
  UPSTREAM_UNTRUSTED: {
    fault: 'environment',
    summary: "The real service's TLS certificate could not be verified, or it wants one of ours.",
    hint: 'trust its authority: services: { <name>: { tls: { upstreamCa: ./ca.pem } } }; or verify nothing: tls: { insecure: true }',
  },
  CLIENT_REFUSED_TLS: {
    fault: 'environment',
    summary: "A client ended TLS when it saw svc-mock's certificate: it does not trust it, or pins another.",
    hint: 'let it trust: svc-mock ca trust; or let its TLS pass unread: services: { <name>: { tls: { intercept: false } } }',
  },
  PROTOCOL_UNKNOWN: {
    fault: 'environment',
    summary: 'The client speaks a protocol to a mocked service that svc-mock does not know.',
    hint: 'let it through: svc-mock mode <service> passthrough',
  },
  CA_BROKEN: {
    fault: 'environment',
    summary: "The file of svc-mock's certificate authority cannot be used.",
    hint: 'make a new one: svc-mock ca rotate; it says how to forget the old one',
  },
  CA_EXPIRED: {
    fault: 'environment',
    summary: "svc-mock's certificate authority has lived its year.",
    hint: 'make a new one: svc-mock ca rotate; it says how to forget the old one',
  },
  CA_NOT_WRITABLE: {
    fault: 'environment',
    summary: "svc-mock's certificate authority, or what is made from it, cannot be written.",
    hint: 'make the folder writable, or name another for your settings: XDG_CONFIG_HOME=<folder>',
  },
  CA_NOT_TRUSTED: {
    fault: 'environment',
    summary: "A trust store of this machine could not be told of svc-mock's certificate authority.",
    hint: 'see the commands for each system and runtime: svc-mock ca show',
  },
  CROSS_SITE_REFUSED: {
    fault: 'user',
    summary: 'A web page of another site called a port of svc-mock.',
    hint: "list the page's origin under cors of the service in svc-mock.yaml",
  },
  PROXY_AUTH_REQUIRED: {
    fault: 'user',
    summary: 'The proxy asks for credentials and the call brought none, or wrong ones.',
    hint: 'use http://user:password@host:port as proxy address',
  },
  BAD_CALL: {
    fault: 'user',
    summary: 'The bytes of the call break the rules of its protocol.',
    hint: 'look at the reason in the answer; the client, or something before svc-mock, sends them',
  },
  MISDIRECTED: {
    fault: 'environment',
    summary: 'A client of HTTP/2 used the connection to one host for a call to another service.',
    hint: 'clients that know status 421 repeat the call on a connection of its own; others can be told not to share connections',
  },
  // scripts
  SCRIPT_ENGINE_MISSING: {
    fault: 'environment',
    summary: 'Scripts and expressions need the package isolated-vm, which could not be loaded.',
    hint: 'install it beside svc-mock: npm install isolated-vm; it has binaries for Linux, macOS and Windows',
  },
  SCRIPT_TIMEOUT: {
    fault: 'check',
    summary: 'A script ran too long without a pause, or had not settled in time.',
    hint: 'look at the place in the answer: an endless loop, or work that belongs into a file',
  },
  SCRIPT_MEMORY: {
    fault: 'check',
    summary: 'A script used more memory than its isolate may have.',
    hint: 'keep less in variables of the module, and return smaller answers',
  },
  SCRIPT_ERROR: {
    fault: 'check',
    summary: 'A script has a mistake, or threw an error.',
    hint: 'look at the place in the answer; docs/scripts.md says what scripts can use',
  },
  SCRIPT_BAD_RESULT: {
    fault: 'check',
    summary: 'A script returned something that is no response.',
    hint: 'return what response: of a mock file may hold: { status, headers, body }',
  },
  SCRIPT_ISOLATE_LOST: {
    fault: 'check',
    summary: 'The isolate in which a script ran died, and the script could not run again.',
    hint: 'send the call again; another script of the same library may have used too much memory',
  },
  MESSAGE_TOO_LARGE: {
    fault: 'user',
    summary: 'A message of a call is larger than the limit, so no mock can look at it.',
    hint: 'raise limits.message (one message) or limits.body (all of a call) in svc-mock.yaml',
  },
  // files
  CONFIG_INVALID: {
    fault: 'user',
    summary: 'svc-mock.yaml, a flag or an environment variable has a mistake.',
    hint: 'fix the places listed above; svc-mock check shows them again',
  },
  CONFIG_NOT_FOUND: {
    fault: 'user',
    summary: 'There is no svc-mock.yaml here or in any folder above.',
    hint: 'make a workspace: svc-mock init',
  },
  MOCK_FILE_INVALID: {
    fault: 'user',
    summary: 'A mock file has a mistake.',
    hint: 'fix the places listed above; svc-mock check shows them again',
  },
  DEFINITION_INVALID: {
    fault: 'user',
    summary:
      'An interface definition (a proto file, a descriptor set, or what the real service told) has a mistake.',
    hint: 'fix the places listed above; svc-mock check shows them again',
  },
  DRILL_INVALID: {
    fault: 'user',
    summary: 'A file in drills/ has a mistake.',
    hint: 'fix the places listed above; svc-mock check shows them again',
  },
  NOT_YET_SUPPORTED: {
    fault: 'user',
    summary: 'This version of svc-mock knows the setting, but cannot do it yet.',
    hint: 'remove it, or use a newer version',
  },
  CHECK_FAILED: {
    fault: 'check',
    summary: 'svc-mock check found mistakes.',
    hint: 'fix the places listed above',
  },
  // desensitizing
  SCAN_FOUND: {
    fault: 'check',
    summary: 'svc-mock scan found real identities or secrets, or what cannot be told from them.',
    hint: 'replace the values, name made-up ones under testAccounts of desensitize.yaml, or add an exception there with reason, owner and end; what was committed already must also be changed where it is valid',
  },
  SCAN_UNREADABLE: {
    fault: 'user',
    summary: 'svc-mock scan could not decode something, which may hold anything.',
    hint: 'store it as text, or add an exception of type unreadable to desensitize.yaml with reason, owner and end',
  },
  POLICY_INVALID: {
    fault: 'user',
    summary: 'desensitize.yaml has a mistake, so nothing it says is in force.',
    hint: 'fix the places listed above; docs/desensitize.md explains the file',
  },
  LEDGER_INVALID: {
    fault: 'check',
    summary:
      '.svc-mock/fakes.lock has lines that cannot be right: two values with one fake, two keys, or no entry at all.',
    hint: 'after a merge keep the lines of both sides; where two values got one fake, record one of them again',
  },
  MASK_KEY_MISSING: {
    fault: 'user',
    summary: 'Recording makes fakes with a key, and none was given, so nothing is written.',
    hint: 'set SVC_MOCK_MASK_KEY or SVC_MOCK_MASK_KEY_FILE, or say --key-file <file>; make one: svc-mock record --new-key <file>',
  },
  MASK_KEY_INVALID: {
    fault: 'user',
    summary:
      'The key for masking cannot be used: it is no key, others can read it, or a commit could take it along.',
    hint: 'keep 32 random bytes in hexadecimal in a file of your own, outside the repository, with rights 0600',
  },
  GIT_FAILED: {
    fault: 'environment',
    summary: 'git is needed for --staged and --history, and did not answer.',
    hint: 'run it inside a git work tree, with git installed',
  },
  // recording
  FIXTURE_VERSION_UNKNOWN: {
    fault: 'user',
    summary: 'Nothing said which version of the service had answered, so some calls were not recorded.',
    hint: 'say --version <service>=1.4.0, or write version: 1.4.0 for the service in svc-mock.yaml; a header of the reply may tell it too',
  },
  FIELDS_UNDECIDED: {
    fault: 'check',
    summary:
      'Under --strict something was recorded of which nothing is known and that desensitize.yaml does not decide about, so its operations were not written.',
    hint: 'add the lines listed above to desensitize.yaml; svc-mock record --learn proposes them as a diff',
  },
  IMPORT_INVALID: {
    fault: 'user',
    summary: 'What was to be imported could not be read.',
    hint: 'look at the place in the message; docs/record.md says what can be imported',
  },
  PACT_INVALID: {
    fault: 'user',
    summary: 'A Pact file, or a part of it, could not be read.',
    hint: 'look at the place in the message; docs/pact.md says which versions are read',
  },
  BROKER_FAILED: {
    fault: 'environment',
    summary: 'The Pact Broker did not answer as one does.',
    hint: 'check its address and credentials; PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD',
  },
  RECORDING_LOST: {
    fault: 'environment',
    summary: 'Recording ended before everything was written.',
    hint: 'what was written is whole; record again what is missing, with a smaller --filter or more time',
  },
  // contracts
  CONTRACT_INVALID: {
    fault: 'user',
    summary: 'A contract (an OpenAPI file, a proto file) cannot be read, or parts of it cannot be used.',
    hint: 'fix the places listed above; everything else was checked',
  },
  CONTRACT_MISSING: {
    fault: 'user',
    summary: 'No service has a contract, so there is nothing to verify mocks against.',
    hint: 'name one in svc-mock.yaml: services: { <name>: { contract: { openapi: ./<name>.yaml } } }',
  },
  PROVIDER_UNREACHABLE: {
    fault: 'environment',
    summary: 'The real service that mocks are to be held against gives no reply.',
    hint: 'is it running? check --provider',
  },
  // running
  FLAG_INVALID: {
    fault: 'user',
    summary: 'A flag or an argument is wrong.',
    hint: 'see the command with --help',
  },
  FILE_EXISTS: {
    fault: 'user',
    summary: 'A file that would be written exists already.',
    hint: 'choose another folder, or remove the file',
  },
  PORT_IN_USE: {
    fault: 'environment',
    summary: 'The listening port is taken by another program.',
    hint: 'stop that program, or choose another port: --port 0 takes a free one',
  },
  LISTEN_FAILED: {
    fault: 'environment',
    summary: 'The address cannot be listened on.',
    hint: 'check listen in svc-mock.yaml; ports below 1024 need rights',
  },
  REMOTE_REFUSED: {
    fault: 'user',
    summary: 'The listening address can be reached from other machines, which must be asked for.',
    hint: 'use 127.0.0.1, or say --allow-remote if everybody in the network may call',
  },
  NOT_RUNNING: {
    fault: 'environment',
    summary: 'No running svc-mock was found for this workspace.',
    hint: 'start one: svc-mock start',
  },
  SEVERAL_RUNNING: {
    fault: 'user',
    summary: 'Several svc-mock processes run for this workspace.',
    hint: 'name one with --pid',
  },
  INSTANCE_TAKEN: {
    fault: 'user',
    summary: 'The tenant has an instance of this service already, added by another command.',
    hint: 'end the svc-mock tenant add that keeps it',
  },
  COMMAND_NOT_STARTED: {
    fault: 'environment',
    summary: 'The command after -- could not be started.',
    hint: 'check its name and PATH',
  },
  RUN_IMPURE: {
    fault: 'check',
    summary: 'Under --strict the command made calls that no mock answered, or that bypassed svc-mock.',
    hint: 'the receipt lists them, with the lines to add to svc-mock.yaml',
  },
  NODE_TOO_OLD: {
    fault: 'environment',
    summary: 'svc-mock needs Node 24 or newer.',
    hint: 'install Node 24, or run it through npm in a project that has the package node@24',
  },
  INVARIANT_BROKEN: {
    fault: 'bug',
    summary: 'svc-mock reached a state it should not.',
    hint: 'please report it with the stack above',
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errors

export interface ErrorContext {
  /** Replaces the table's hint where the thrower knows a better next action. */
  readonly hint?: string
  readonly source?: SourceLocation
  /** Chosen fields for `--json`; never a recorded byte, key or token. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** The only error that is thrown on purpose. `message` says what happened, with the value and the place. */
export class SvcMockError extends Error {
  override readonly name = 'SvcMockError'
  readonly code: ErrorCode
  readonly context: ErrorContext

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}) {
    super(message, { cause: context.cause })
    this.code = code
    this.context = context
  }

  get fault(): Fault {
    return errors[this.code].fault
  }

  get exitCode(): number {
    return exitCodes[this.fault]
  }

  get hint(): string {
    return this.context.hint ?? errors[this.code].hint
  }
}
