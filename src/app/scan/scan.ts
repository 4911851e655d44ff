/** `svc-mock scan`: whether anything sensitive is in the files, told without a key and without showing it. */
import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { ErrorCode } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import { whole } from '../../desensitize/edits.ts'
import { Ledger } from '../../desensitize/ledger.ts'
import { noPolicy, parsePolicy, type ScanException } from '../../desensitize/policy-file.ts'
import { Look } from '../../desensitize/scan/look.ts'
import { hidden, scanFile } from '../../desensitize/scan/scan-text.ts'
import { glance, mayHoldMocks } from '../../mock/load/file-kind.ts'
import { LineIndex } from '../../yaml/line-index.ts'
import { ledgerName } from '../masks.ts'
import { globTest } from './glob.ts'
import { absolute, filesBelow, historyFiles, type Source, stagedFiles } from './sources.ts'

export interface ScanOptions {
  readonly cwd: string
  /** Folder with desensitize.yaml and .svc-mock/fakes.lock. */
  readonly root: string
  /** Folders of the library, absolute. */
  readonly library: readonly string[]
  /** Instead of the library. */
  readonly paths: readonly string[]
  readonly from: 'files' | 'staged' | 'history'
  /** Today, as `2026-11-21`: exceptions end. */
  readonly today: string
}

export interface Finding {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `cn-mobile`; `unreadable` for what could not be decoded. */
  readonly type: string
  readonly title: string
  readonly path: string
  readonly rule: string
}

export interface ScanView {
  readonly files: number
  readonly bytes: number
  readonly findings: readonly Finding[]
  /** What could not be decoded: it may hold anything. */
  readonly unreadable: readonly Finding[]
  /** Let pass by an exception. */
  readonly excepted: number
  /** Exceptions that have ended, or that nothing needs. */
  readonly notes: readonly string[]
  /** Of desensitize.yaml and the ledger. */
  readonly problems: readonly Problem[]
}

export const policyName = 'desensitize.yaml'

export const scan = (options: ScanOptions): ScanView => {
  const { policy, exceptions, problems: mistakes } = loadPolicy(options.root)
  const { ledger, problems: mixed } = loadLedger(options.root)
  const look = new Look(ledger, policy)
  const allowed = new Exceptions(exceptions, options.today)
  const findings: Finding[] = []
  const unreadable: Finding[] = []
  let files = 0
  let bytes = 0
  for (const source of sourcesOf(options)) {
    const content = source.bytes()
    files++
    bytes += content.length
    for (const finding of findingsIn(source, content, look)) {
      if (allowed.allow(source.path, finding.type)) continue
      if (finding.type === 'unreadable') unreadable.push(finding)
      else findings.push(finding)
    }
  }
  return {
    files,
    bytes,
    findings,
    unreadable,
    excepted: allowed.used,
    notes: allowed.notes(),
    problems: [...mistakes, ...mixed],
  }
}

const sourcesOf = ({ root, cwd, paths, library, from }: ScanOptions): readonly Source[] => {
  const within = paths.length > 0 ? paths.map((path) => absolute(path, cwd)) : library
  if (from === 'staged') return stagedFiles(root, within)
  if (from === 'history') return historyFiles(root, within)
  return filesBelow(root, paths.length > 0 ? within : within.filter((folder) => existsSync(folder)))
}

const findingsIn = (source: Source, content: Uint8Array, look: Look): readonly Finding[] => {
  const extension = extname(source.path).toLowerCase()
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8')
  const mock = mayHoldMocks(source.path) && glance(text, source.path) === 'mocks'
  const { sightings, blind } = scanFile(content, { extension, mock }, look)
  const named = namesOf(source, look)
  if (sightings.length + blind.length + named.length === 0) return []
  const lines = new LineIndex(text)
  const file = named.length > 0 ? hidden(source.display) : source.display
  const at = (offset: number) => ({ file, ...lines.position(Math.max(0, offset)) })
  return [
    ...named,
    ...sightings.map(({ type, title, rule, path, offset }) => ({
      ...at(offset),
      type,
      title,
      path: hidden(path),
      rule,
    })),
    ...blind.map(({ path, offset, reason }) => ({
      ...at(offset),
      type: 'unreadable',
      title: reason,
      path: hidden(path),
      rule: 'content',
    })),
  ]
}

/** A file may be called after somebody. */
const namesOf = (source: Source, look: Look): readonly Finding[] => {
  const looked = { sightings: [], blind: [] }
  const run = look.run(looked)
  const meaning = { detectors: [], secret: false, harmless: true }
  for (const part of source.path.split('/'))
    run.leaf(part, { name: '', meaning, kind: 'text', depth: 7 }, whole('name'))
  return looked.sightings.map(({ title }: { title: string }) => ({
    file: hidden(source.display),
    line: 1,
    column: 1,
    type: 'file-name',
    title: `${title} in the name of the file`,
    path: '',
    rule: 'content',
  }))
}

/** Which findings may stand, until when. */
class Exceptions {
  used = 0
  readonly #entries: {
    readonly entry: ScanException
    readonly fits: (path: string) => boolean
    hits: number
  }[]
  readonly #today: string

  constructor(exceptions: readonly ScanException[], today: string) {
    this.#today = today
    this.#entries = exceptions.map((entry) => ({ entry, fits: globTest(entry.file), hits: 0 }))
  }

  allow(path: string, type: string): boolean {
    let allowed = false
    for (const one of this.#entries) {
      if (one.entry.type !== type || !one.fits(path)) continue
      one.hits++
      if (one.entry.expires >= this.#today) allowed = true
    }
    if (allowed) this.used++
    return allowed
  }

  notes(): string[] {
    return this.#entries.flatMap(({ entry, hits }) => {
      const name = `${policyName}:${entry.line}: the exception for ${entry.type} in ${entry.file} (${entry.owner})`
      if (entry.expires < this.#today) return [`${name} ended on ${entry.expires}`]
      return hits === 0 ? [`${name} is not needed by what was scanned`] : []
    })
  }
}

const loadPolicy = (root: string) => {
  const path = join(root, policyName)
  return existsSync(path) ? parsePolicy(readFileSync(path, 'utf8'), policyName) : noPolicy
}

const loadLedger = (root: string): { readonly ledger: Ledger; readonly problems: readonly Problem[] } => {
  const path = join(root, ledgerName)
  if (!existsSync(path)) return { ledger: new Ledger(), problems: [] }
  const { ledger, problems } = Ledger.parse(readFileSync(path, 'utf8'))
  const code: ErrorCode = 'LEDGER_INVALID'
  return {
    ledger,
    problems: problems.map(({ line, message, hint }) => ({
      severity: 'error',
      code,
      at: { file: ledgerName, line, column: 1 },
      message,
      hint,
    })),
  }
}
