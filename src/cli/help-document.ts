/** `--help` and `--version` under --json: what oclif would print as text, as the one document. */
import { Config, type Interfaces } from '@oclif/core'
import type { Program } from './main.ts'
import { outputOptions } from './output.ts'

/** undefined: nobody asks for it, or for a command that does not exist. */
export const helpDocument = async ({ argv, root, pjson }: Program): Promise<object | undefined> => {
  if (!outputOptions(argv).json) return undefined
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  const id = own.find((word) => !word.startsWith('-'))
  if (id === undefined && own.includes('--version'))
    return { name: pjson.name, version: pjson.version, node: process.version }
  if (!own.includes('--help')) return undefined
  const config = await Config.load({ root, pjson })
  if (id === undefined) return rootHelp(config)
  const command = config.commands.find((one) => one.id === id)
  return command && commandHelp(command, config)
}

const rootHelp = ({ name, version, commands, pjson }: Interfaces.Config): object => ({
  name,
  version,
  description: pjson.description,
  commands: commands
    .map(({ id, summary }) => ({ name: id, summary }))
    .sort((a, b) => (a.name < b.name ? -1 : 1)),
})

const commandHelp = (
  { id, summary, description, args, flags, examples }: Interfaces.Config['commands'][number],
  { bin }: Interfaces.Config,
): object => ({
  command: id,
  summary,
  description,
  args: Object.values(args).map((arg) => ({
    name: arg.name,
    summary: arg.description,
    required: arg.required === true,
  })),
  flags: Object.values(flags).map((flag) => ({
    name: `--${flag.name}`,
    char: flag.char && `-${flag.char}`,
    summary: flag.summary,
    ...(flag.type === 'option' && {
      value: flag.helpValue ?? '<value>',
      values: flag.options,
      multiple: flag.multiple === true,
    }),
  })),
  examples: examples?.map((example) => String(example).replaceAll('<%= config.bin %>', bin)),
})
