/**
 * Mock files that were made from a contract, and what becomes of them when they are made again. The header has a hash of each
 * mock as it was made: one whose text still has it is ours and is made anew, any other is a person's and stays as it is. A mock
 * that a person deleted stays deleted.
 */
import { createHash } from 'node:crypto'
import { parseDocument } from '../../yaml/document.ts'
import { writeYaml } from '../../yaml/write.ts'

/** A mock with its keys in the order in which they shall stand. */
export interface MadeMock {
  readonly name: string
  readonly [key: string]: unknown
}

export interface MadeFile {
  /** What it was made from, as shown to people. */
  readonly source: string
  /** Keys before `mocks`: service, version, protocol. */
  readonly head: Readonly<Record<string, unknown>>
  readonly mocks: readonly MadeMock[]
}

export interface MergedFile {
  /** undefined: nothing of it is left. */
  readonly text: string | undefined
  readonly added: number
  readonly updated: number
  readonly unchanged: number
  readonly removed: number
  /** Names of mocks that a person edited, wrote or deleted. */
  readonly kept: readonly string[]
}

const intro = '# Made by svc-mock import'
const madeLine = /^# made: ([0-9a-f:. ]*)\r?\n/m

export const isMade = (text: string): boolean => text.startsWith(intro) && madeLine.test(text)

/** `before`: what lies there. undefined: it cannot be merged, because a person has changed more than mocks. */
export const mergeMade = (file: MadeFile, before: string | undefined): MergedFile | undefined => {
  const made = file.mocks.map((mock) => ({ name: mock.name, text: textOf(mock) }))
  if (before === undefined) {
    const text =
      made.length === 0
        ? undefined
        : render(
            file,
            head(file),
            made.map((mock) => mock.text),
          )
    return { text, added: made.length, updated: 0, unchanged: 0, removed: 0, kept: [] }
  }
  const old = readMade(before)
  if (old === undefined) return undefined
  const byName = new Map(made.map((mock) => [mock.name, mock]))
  const seen = new Set<string>()
  const kept: string[] = []
  const counts = { added: 0, updated: 0, unchanged: 0, removed: 0 }
  const texts = old.mocks.flatMap(({ name, text }) => {
    const now = byName.get(name)
    seen.add(name)
    if (now !== undefined && plain(now.text) === plain(text)) {
      counts.unchanged++
      return [text]
    }
    if (old.made.get(hash(name)) !== hash(plain(text))) {
      kept.push(name)
      return [text]
    }
    if (now === undefined) {
      counts.removed++
      return []
    }
    counts.updated++
    return [now.text]
  })
  for (const { name, text } of made) {
    if (seen.has(name)) continue
    if (old.made.has(hash(name))) kept.push(name)
    else {
      counts.added++
      texts.push(text)
    }
  }
  return { text: texts.length === 0 ? undefined : render(file, old.head, texts), ...counts, kept }
}

interface OldFile {
  /** From the end of our header to `mocks:`, both included. */
  readonly head: string
  readonly made: ReadonlyMap<string, string>
  readonly mocks: readonly { readonly name: string; readonly text: string }[]
}

/** undefined: it is none of ours, has mistakes, or its mocks do not stand one below the other at its end. */
const readMade = (text: string): OldFile | undefined => {
  const line = madeLine.exec(text)
  if (!isMade(text) || line === null) return undefined
  const document = parseDocument(text, 'made')
  const { mocks } = (document.value ?? {}) as { readonly mocks?: unknown }
  if (document.problems.length > 0 || !Array.isArray(mocks) || mocks.length === 0) return undefined
  const starts = document.itemPlaces('mocks').map(({ line: at }) => at)
  const rising = starts.every((at, i) => i === 0 || at > starts[i - 1]!)
  if (starts.length !== mocks.length || !rising) return undefined
  const lines = text.split('\n')
  const first = starts[0]!
  if (!/^\s*-\s/.test(lines[first - 1] ?? '') || Object.keys(document.value as object).at(-1) !== 'mocks')
    return undefined
  const bodyStart = text.slice(0, line.index + line[0].length).split('\n').length - 1
  return {
    head: lines.slice(bodyStart, first - 1).join('\n'),
    made: new Map(
      line[1]!
        .trim()
        .split(' ')
        .map((pair) => pair.split(':') as [string, string]),
    ),
    mocks: mocks.map((mock: unknown, i) => ({
      name: String((mock as { readonly name?: unknown } | null)?.name ?? ''),
      text: `${lines
        .slice(starts[i]! - 1, (starts[i + 1] ?? lines.length + 1) - 1)
        .join('\n')
        .trimEnd()}\n`,
    })),
  }
}

const render = ({ source, mocks }: MadeFile, headText: string, texts: readonly string[]): string => {
  const made = mocks.map((mock) => `${hash(mock.name)}:${hash(plain(textOf(mock)))}`)
  return [
    `${intro} from ${source}. Edit it: importing again leaves what you edit as it is.\n`,
    `# made: ${made.join(' ')}\n`,
    `${headText.trimEnd()}\n`,
    ...texts,
  ].join('')
}

const head = ({ head: keys }: MadeFile): string => `${writeYaml(keys)}mocks:`

/** One list item, indented as writeYaml indents it. */
const textOf = (mock: MadeMock): string => writeYaml({ mocks: [mock] }).replace(/^mocks:\n/, '')

/** What an editor may change without meaning anything. */
const plain = (text: string): string => text.replaceAll('\r', '').trimEnd()

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)
