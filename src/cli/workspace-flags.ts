/** Flags of the commands that start a proxy; they win over the environment and svc-mock.yaml. */
import { Flags } from '@oclif/core'
import type { WorkspaceFlags } from '../app/workspace.ts'

export const proxyFlags = {
  'allow-node-env-production': Flags.boolean({ summary: 'start although NODE_ENV is production' }),
  'allow-remote': Flags.boolean({ summary: 'listen where other machines can call' }),
  control: Flags.string({
    helpValue: '<host:port>',
    summary: 'where commands and test clients speak to it, on loopback',
  }),
  listen: Flags.string({ helpValue: '<host:port>', summary: "the proxy's address" }),
  'on-miss': Flags.string({
    options: ['fail', 'passthrough', 'record'],
    summary: 'what a call gets that no mock matches',
  }),
  port: Flags.integer({ min: 0, max: 65_535, summary: "the proxy's port; 0 takes a free one" }),
  seed: Flags.integer({ helpValue: '<n>', summary: 'makes chance repeat, in faults and in scripts' }),
  strict: Flags.boolean({ summary: 'refuse calls to hosts that no service names' }),
  tenant: Flags.string({ summary: 'whose lane this is' }),
  wiremock: Flags.boolean({ summary: "serve WireMock's admin API at the control address" }),
}

interface ProxyFlagValues {
  readonly 'allow-remote': boolean
  readonly control?: string | undefined
  readonly listen?: string | undefined
  readonly 'on-miss'?: string | undefined
  readonly port?: number | undefined
  readonly strict: boolean
  readonly tenant?: string | undefined
  readonly wiremock: boolean
}

export const workspaceFlags = (flags: ProxyFlagValues): WorkspaceFlags => ({
  tenant: flags.tenant,
  listen: flags.listen,
  port: flags.port,
  onMiss: flags['on-miss'],
  strict: flags.strict,
  allowRemote: flags['allow-remote'],
  control: flags.control,
  wiremock: flags.wiremock ? true : undefined,
})

export const caseFlag = {
  case: Flags.string({
    multiple: true,
    helpValue: '<name>',
    summary: 'of what was recorded with a case, only this one; may be repeated',
  }),
}

export const pidFlag = {
  pid: Flags.integer({ summary: 'which running svc-mock, if there are several' }),
}
