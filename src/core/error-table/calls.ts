/** Errors of calls, and of what stands between client and real service. */
import type { ErrorEntry } from './entry.ts'

export const calls = {
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
  MOCK_LOOP: {
    fault: 'check',
    summary: 'Mocks of messages answer each other without an end.',
    hint: 'let one of them ask for less (on: { headers, value }), or send to another topic',
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
  CALL_BREAKS_CONTRACT: {
    fault: 'check',
    summary: 'The service has contract: { enforce: fail }, and this call is not as its contract says.',
    hint: 'correct the client, or the contract; enforce: warn lets such calls pass and tells of them',
  },
  REPLY_BREAKS_CONTRACT: {
    fault: 'check',
    summary:
      'The service has contract: { enforce: fail }, and the reply, mocked or real, is not as its contract says.',
    hint: 'correct the mock, the real service, or the contract; enforce: warn lets such replies pass and tells of them',
  },
} as const satisfies Record<string, ErrorEntry>
