/** Who is meant by commands about contracts: `--name`, or the workspace's own name. */
import { Flags } from '@oclif/core'
import { consumerOf } from '../app/handover/view.ts'
import { openWorkspace } from '../app/workspace.ts'

export const nameFlag = {
  name: Flags.string({ helpValue: '<name>', summary: 'who is meant; default: name in svc-mock.yaml' }),
}

/** Throws CONSUMER_UNNAMED, CONFIG_NOT_FOUND, CONFIG_INVALID. */
export const nameOf = ({
  name,
  config,
}: {
  readonly name?: string | undefined
  readonly config?: string | undefined
}): string =>
  name ?? consumerOf(openWorkspace({ cwd: process.cwd(), configPath: config, env: process.env }).config)
