/** Where mocks of a Pact file go, and whether what lies there may be replaced: a person's changes are kept. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { Config } from '../../../config/config.ts'
import { folderName } from '../../../record/file-names.ts'
import { writeYaml } from '../../../yaml/write.ts'

const intro = '# Imported from a Pact file by svc-mock. Edit it, and importing again keeps it as you left it.'
const hashLine = /^# content: sha256-([0-9a-f]{16})\r?\n/m

const hashOf = (text: string): string =>
  createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex').slice(0, 16)

export interface Target {
  readonly service: string
  readonly version: string | undefined
  readonly consumer: string
}

/** Absolute. The workspace's own mocks come first; recorded ones and installed libraries are not for hand-made files. */
export const targetFile = ({ library, root }: Config, { service, version, consumer }: Target): string => {
  const own = library.find(({ layer }) => layer === 1) ?? library[0]
  return join(
    own?.folder ?? join(root, 'mocks'),
    folderName(service),
    ...(version === undefined ? [] : [folderName(version)]),
    `pact.${folderName(consumer)}.yaml`,
  )
}

export type Written = 'written' | 'unchanged' | 'edited'

/** `edited`: a person has changed it since, and `force` was not given. */
export const writeMocks = (file: string, content: unknown, force: boolean): Written => {
  const rest = writeYaml(content)
  const text = `${intro}\n# content: sha256-${hashOf(rest)}\n${rest}`
  if (existsSync(file)) {
    const before = readFileSync(file, 'utf8')
    if (before === text) return 'unchanged'
    if (!force && !isOurs(before)) return 'edited'
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return 'written'
}

const isOurs = (text: string): boolean => {
  const line = hashLine.exec(text)
  return line !== null && line[1] === hashOf(text.slice(line.index + line[0].length))
}

/** Relative to the workspace, with `/` on every system. */
export const shownFile = ({ root }: Config, file: string): string => relative(root, file).split(sep).join('/')
