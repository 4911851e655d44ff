/** The commands that are known, from the published specifications, and what a server has told of others. */
import type { KeySpec } from './key-positions.ts'
import { specifications } from './specifications.ts'

export interface Command {
  /** Upper case; with its container for a subcommand: `OBJECT ENCODING`. */
  readonly name: string
  readonly reads: boolean
  /** Its specification calls it dangerous or administrative. */
  readonly dangerous: boolean
  readonly specs: readonly KeySpec[]
  /** Its specification does not name all of its keys. */
  readonly incomplete: boolean
  /** Upper case name without the container; undefined: it has none. */
  readonly inner: ReadonlyMap<string, Command> | undefined
  /**
   * Where its keys are, when that takes no more than three numbers: from `first` to `last` (below 0: from the end) by
   * `step`; `first` 0: somewhere else, or nowhere.
   */
  readonly first: number
  readonly last: number
  readonly step: number
  readonly hasKeys: boolean
  /** Its table entry says all: keys are renamed and the reply passes unread. */
  readonly plain: boolean
}

/** What a command is made of, as the specifications' lines and a server's COMMAND both give it. */
export interface CommandFacts {
  readonly name: string
  readonly reads: boolean
  readonly dangerous: boolean
  /** undefined in the list: one that says nothing. */
  readonly specs: readonly (KeySpec | undefined)[]
  readonly inner?: ReadonlyMap<string, Command> | undefined
}

export const commandOf = ({ name, reads, dangerous, specs, inner }: CommandFacts): Command => {
  const known = specs.filter((spec) => spec !== undefined)
  const [only] = known
  const simple =
    known.length === 1 && only!.begin.kind === 'index' && only!.find.kind === 'range' && only!.find.limit <= 1
      ? { at: only!.begin.at, find: only!.find }
      : undefined
  return {
    name,
    reads,
    dangerous,
    specs: known.filter(({ channels }) => !channels),
    incomplete: known.length < specs.length,
    inner,
    first: simple === undefined || only!.channels ? 0 : simple.at,
    last: simple === undefined ? 0 : simple.find.last < 0 ? simple.find.last : simple.at + simple.find.last,
    step: simple?.find.step ?? 1,
    hasKeys: known.some(({ channels }) => !channels),
    plain: false,
  }
}

const specOf = (text: string): KeySpec | undefined => {
  const match = /^([RWC]):(?:i(\d+)|k(\w+),(-?\d+)):(?:r(-?\d+),(\d+),(\d+)|n(\d+),(\d+),(\d+))$/.exec(text)
  if (match === null) return undefined
  const [, access, index, word, from, last, step, limit, countAt, first, countStep] = match
  return {
    reads: access === 'R',
    channels: access === 'C',
    begin:
      index !== undefined
        ? { kind: 'index', at: Number(index) }
        : { kind: 'keyword', word: word!, from: Number(from) },
    find:
      last !== undefined
        ? { kind: 'range', last: Number(last), step: Number(step), limit: Number(limit) }
        : {
            kind: 'count',
            countAt: Number(countAt),
            first: Number(first),
            step: Number(countStep),
          },
  }
}

const factsOf = (text: string, container?: string): CommandFacts => {
  const [name, flags, ...specs] = text.split(' ') as [string, string, ...string[]]
  return {
    name: container === undefined ? name : `${container} ${name}`,
    reads: flags.includes('r'),
    dangerous: flags.includes('d'),
    specs: specs.map(specOf),
  }
}

const published = (): Command[] =>
  specifications
    .trim()
    .split('\n')
    .map((line) => {
      const [own, ...parts] = line.split(' / ') as [string, ...string[]]
      const facts = factsOf(own)
      const inner = parts.map(
        (part) => [part.split(' ', 1)[0]!, commandOf(factsOf(part, facts.name))] as const,
      )
      return commandOf({ ...facts, inner: inner.length === 0 ? undefined : new Map(inner) })
    })

/** Whether a command is known to have no subcommands; `name`: upper case. */
export const standsAlone = (name: string): boolean =>
  specifications.split('\n').some((line) => line.startsWith(`${name} `) && !line.includes(' / '))

/** Commands by the bytes of their names, case-blind, without a text being made of them. */
export class CommandTable {
  private readonly byHash = new Map<number, Command[]>()
  /** Names that a server has told of since; others are asked about once. */
  private readonly unknown = new Set<string>()

  private readonly special: ReadonlySet<string>

  /** `special`: names of commands that need more than their keys renamed. */
  constructor(special: ReadonlySet<string> = new Set()) {
    this.special = special
    for (const command of published()) this.add(command)
  }

  add(told: Command): void {
    const { name, inner, dangerous, incomplete } = told
    const plain = inner === undefined && !dangerous && !incomplete && !this.special.has(name)
    const command = { ...told, plain }
    const bytes = Buffer.from(command.name)
    const hash = hashOf(bytes, 0, bytes.length)
    const bucket = this.byHash.get(hash)
    if (bucket === undefined) this.byHash.set(hash, [command])
    else bucket.push(command)
  }

  find(bytes: Uint8Array, from: number, to: number): Command | undefined {
    const bucket = this.byHash.get(hashOf(bytes, from, to))
    if (bucket === undefined) return undefined
    for (const command of bucket) if (isName(command.name, bytes, from, to)) return command
    return undefined
  }

  /** A subcommand that only the server knows. */
  addInner(container: Command, command: Command): void {
    const inner = command.name.split(' ')[1]!
    this.remove(container)
    this.add({ ...container, inner: new Map([...(container.inner ?? []), [inner, command]]) })
  }

  private remove(command: Command): void {
    for (const bucket of this.byHash.values()) {
      const at = bucket.findIndex(({ name }) => name === command.name)
      if (at >= 0) bucket.splice(at, 1)
    }
  }

  all(): readonly Command[] {
    return [...this.byHash.values()].flat().sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** The server does not know it either. Bounded, since clients choose the names. */
  isUnknown(name: string): boolean {
    return this.unknown.has(name)
  }

  setUnknown(name: string): void {
    if (this.unknown.size >= 1_000) this.unknown.clear()
    this.unknown.add(name)
  }
}

const hashOf = (bytes: Uint8Array, from: number, to: number): number => {
  let hash = to - from
  for (let i = from; i < to; i++) {
    const c = bytes[i]!
    hash = (Math.imul(hash, 31) + (c >= 97 && c <= 122 ? c - 32 : c)) | 0
  }
  return hash
}

const isName = (name: string, bytes: Uint8Array, from: number, to: number): boolean => {
  if (name.length !== to - from) return false
  for (let i = 0; i < name.length; i++) {
    const c = bytes[from + i]!
    if ((c >= 97 && c <= 122 ? c - 32 : c) !== name.charCodeAt(i)) return false
  }
  return true
}
