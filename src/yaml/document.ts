/**
 * A YAML or JSON text to its value, with places. The value costs one pass; places cost a second one and are
 * worked out only when somebody asks. All mistakes of the text are reported, none is thrown.
 */
import { EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml'
import type { ErrorCode } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import type { SourceLocation } from '../core/source.ts'
import { codeFrame } from './code-frame.ts'
import { type Constructed, construct, type Finding } from './construct.ts'
import { LineIndex } from './line-index.ts'
import { offsetOf } from './offset.ts'
import { losesText, resolvePlain } from './scalar.ts'
import { jsonFinding } from './strict-json.ts'
import { explainSyntaxError } from './syntax-error.ts'
import { buildTree, findNode, follow, type Path, type TreeNode } from './tree.ts'

export interface Place {
  readonly at: SourceLocation
  readonly frame: string
}

/** A number or boolean that YAML reads differently from how the file writes it. */
export interface LossyScalar {
  readonly path: Path
  readonly text: string
}

export interface YamlDocument {
  readonly file: string
  readonly text: string
  /** undefined for an empty file, and when the text has a mistake. */
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Where the items of the list under the top-level `key` begin. */
  itemPlaces(key: string): readonly SourceLocation[]
  /** Empty for almost every file, at no cost. */
  lossyScalars(): readonly LossyScalar[]
  /** The place of a value or, with `onKey`, of its key; of the deepest existing one on the way to it. */
  locate(path: Path, onKey?: boolean): Place
  /** True when something stands at `path`. */
  has(path: Path): boolean
  /** True when the value at `path` is a map written in braces. */
  isFlowMap(path: Path): boolean
}

/** `code` is what problems of this kind of file are called. */
export const parseDocument = (
  text: string,
  file: string,
  code: ErrorCode = 'MOCK_FILE_INVALID',
): YamlDocument => new ParsedDocument(text, file, code)

const nothing: Constructed = { value: undefined, findings: [], items: new Map(), losesText: false }

class ParsedDocument implements YamlDocument {
  readonly file: string
  readonly text: string
  readonly value: unknown
  readonly problems: readonly Problem[]
  readonly #lines: LineIndex
  readonly #items: ReadonlyMap<string, readonly number[]>
  readonly #losesText: boolean
  #tree: TreeNode | undefined

  constructor(text: string, file: string, code: ErrorCode) {
    this.file = file
    this.text = text
    this.#lines = new LineIndex(text)
    const read = parse(text)
    const { value, items } = read.constructed
    const notJson = /\.json$/i.test(file) && read.findings.length === 0 ? jsonFinding(text) : undefined
    const findings = notJson === undefined ? read.findings : [notJson]
    this.problems = findings.map((finding) => this.#problem(finding, code))
    this.value = this.problems.length === 0 ? value : undefined
    this.#items = items
    this.#losesText = read.constructed.losesText
  }

  itemPlaces(key: string): readonly SourceLocation[] {
    return (this.#items.get(key) ?? []).map((offset) => this.#at(Math.max(0, offset)))
  }

  lossyScalars(): readonly LossyScalar[] {
    const found: LossyScalar[] = []
    const root = this.#losesText ? this.#root() : undefined
    if (root !== undefined) collectLossy(root, [], found)
    return found
  }

  locate(path: Path, onKey = false): Place {
    const root = this.#root()
    if (root === undefined) return this.#place(0)
    const { node, keyOffset, complete } = findNode(root, path)
    return this.#place(onKey && complete ? keyOffset : node.offset)
  }

  has(path: Path): boolean {
    const root = this.#root()
    return root !== undefined && findNode(root, path).complete
  }

  isFlowMap(path: Path): boolean {
    const root = this.#root()
    if (root === undefined) return false
    const { node, complete } = findNode(root, path)
    return complete && node.kind === 'map' && node.flow
  }

  #root(): TreeNode | undefined {
    if (this.#tree === undefined) {
      try {
        this.#tree = buildTree(parseEvents(this.text, {}), this.text)
      } catch (error) {
        if (!(error instanceof YAMLException)) throw error
      }
    }
    return this.#tree
  }

  #problem(finding: Finding, code: ErrorCode): Problem {
    const { at, frame } = this.#place(finding.offset)
    return { severity: 'error', code, at, message: finding.message, hint: finding.hint, frame }
  }

  #place(offset: number): Place {
    const at = this.#at(offset)
    return { at, frame: codeFrame(this.text, at.line, at.column) }
  }

  #at(offset: number): SourceLocation {
    const { line, column } = this.#lines.position(offset)
    return { file: this.file, line, column }
  }
}

const parse = (text: string): { constructed: Constructed; findings: readonly Finding[] } => {
  let events: Event[]
  try {
    events = parseEvents(text, {})
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    return {
      constructed: nothing,
      findings: [explainSyntaxError(error.reason, text, error.mark?.position ?? 0)],
    }
  }
  const constructed = construct(events, text)
  const second = secondDocument(events, text)
  return {
    constructed,
    findings: second === undefined ? constructed.findings : [...constructed.findings, second],
  }
}

const secondDocument = (events: readonly Event[], text: string): Finding | undefined => {
  let documents = 0
  for (let i = 0; i < events.length; i++) {
    if (events[i]!.type !== EVENT_ID.DOCUMENT || ++documents < 2) continue
    const inside = events[i + 1] === undefined ? -1 : offsetOf(events[i + 1]!, text)
    const marker = text.lastIndexOf('\n---', inside === -1 ? text.length : inside)
    return {
      message: 'a second YAML document begins here, and a file may hold only one',
      hint: 'put it into a file of its own, or remove the line ---',
      offset: marker + 1,
    }
  }
  return undefined
}

const collectLossy = (node: TreeNode, path: Path, found: LossyScalar[]): void => {
  const inner = follow(node)
  if (inner?.kind === 'scalar' && inner.plain && losesText(resolvePlain(inner.text), inner.text)) {
    found.push({ path, text: inner.text })
  } else if (inner?.kind === 'list') {
    inner.items.forEach((item, i) => {
      collectLossy(item, [...path, i], found)
    })
  } else if (inner?.kind === 'map') {
    for (const [key, pair] of inner.pairs) collectLossy(pair.value, [...path, key], found)
  }
}
