/**
 * How a command is started. On Windows `npm` is `npm.cmd`, which only cmd.exe can start, and cmd.exe has its
 * own quoting; everywhere else the command is started as it is.
 */
import { existsSync } from 'node:fs'
import { win32 } from 'node:path'

export interface Startable {
  readonly file: string
  readonly args: readonly string[]
  /** The arguments are quoted already. */
  readonly verbatim: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

export const findOnPath = (
  name: string,
  env: Environment,
  exists: (file: string) => boolean,
): string | undefined => {
  const entry = (wanted: string): string =>
    Object.entries(env).find(([key]) => key.toUpperCase() === wanted)?.[1] ?? ''
  const extensions =
    win32.extname(name) === '' ? (entry('PATHEXT') || '.COM;.EXE;.BAT;.CMD').split(';') : ['']
  const folders = /[\\/]/.test(name) ? [''] : ['.', ...entry('PATH').split(';')]
  for (const folder of folders) {
    for (const extension of extensions) {
      const file = win32.join(folder, name + extension.toLowerCase())
      if (exists(file)) return file
    }
  }
  return undefined
}

/** Quoted for CommandLineToArgvW, then each character that cmd.exe reads is escaped, twice: a .cmd file reads it again. */
export const cmdArgument = (argument: string): string => {
  const quoted = `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, '$1$1')}"`
  const escaped = (text: string): string => text.replace(/([()\][%!^"`<>&|;, *?])/g, '^$1')
  return escaped(escaped(quoted))
}

export const windowsCommand = (
  [name = '', ...args]: readonly string[],
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): Startable => {
  if (platform !== 'win32') return { file: name, args, verbatim: false }
  const found = findOnPath(name, env, existsSync)
  if (found === undefined || !/\.(cmd|bat)$/i.test(found))
    return { file: found ?? name, args, verbatim: false }
  const line = [found.replace(/([()\][%!^"`<>&|;, *?])/g, '^$1'), ...args.map(cmdArgument)].join(' ')
  return { file: env['ComSpec'] ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true }
}
