/** Flags of the commands that send and read messages. */
import { Flags } from '@oclif/core'
import { pidFlag } from './workspace-flags.ts'

export const messageFlags = {
  ...pidFlag,
  service: Flags.string({
    helpValue: '<name>',
    summary: 'whose topic it is; needed where several services carry messages',
  }),
  tenant: Flags.string({
    helpValue: '<name>',
    summary: "in whose lane; default: that of the service's port",
  }),
}
