/** Errors of commands, and of the process itself. */
import type { ErrorEntry } from './entry.ts'

export const running = {
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
  TENANT_TOKEN_WRONG: {
    fault: 'user',
    summary:
      'Somebody else has this tenant in tenants.store: its routes cannot be changed without its token.',
    hint: 'use a name of your own, or the token of who has it: SVC_MOCK_TENANT_TOKEN',
  },
  TENANT_STORE_FAILED: {
    fault: 'environment',
    summary: 'The Redis of tenants.store cannot be reached, or refuses.',
    hint: 'check its address, password and your VPN',
  },
  TENANT_KEYS_FAILED: {
    fault: 'environment',
    summary: 'A Redis refuses to say what keys a tenant has, or to remove them.',
    hint: 'look at its words; user and password are SVC_MOCK_REDIS_USER and SVC_MOCK_REDIS_PASSWORD',
  },
  TENANT_GROUPS_FAILED: {
    fault: 'environment',
    summary: 'A Kafka refuses to say what groups a tenant has, or to remove them.',
    hint: 'look at its words; where it wants a user and password, sasl: of the service names them',
  },
  TENANT_GROUPS_LIVE: {
    fault: 'user',
    summary: "A tenant's groups in Kafka have members, so that they cannot be removed.",
    hint: 'end these programs first',
  },
  COMMAND_NOT_STARTED: {
    fault: 'environment',
    summary: 'The command after -- could not be started.',
    hint: 'check its name and PATH',
  },
  RUN_IMPURE: {
    fault: 'check',
    summary:
      'Under --strict the command made calls that no mock answered, that broke a contract, or that bypassed svc-mock.',
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
