/**
 * Secrets and personal data in what tests send: found as `svc-mock scan` finds them, without a key. What takes their place is
 * the same for all values of a type, so that nothing of the value itself is in it.
 */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isFields } from '../../core/fields.ts'
import { isSecretName } from '../../core/secrets.ts'
import type { Detector } from '../../desensitize/detectors/detector.ts'
import { Draw } from '../../desensitize/draw.ts'
import { applyEdits, whole } from '../../desensitize/edits.ts'
import { textEdits } from '../../desensitize/layers/body.ts'
import { leafEdits } from '../../desensitize/leaf.ts'
import { Ledger } from '../../desensitize/ledger.ts'
import { MaskKey } from '../../desensitize/mask-key.ts'
import { noPolicy, parsePolicy } from '../../desensitize/policy-file.ts'
import type { Field, Run } from '../../desensitize/run.ts'
import { Look } from '../../desensitize/scan/look.ts'
import { ledgerName } from '../masks.ts'
import { policyName } from '../scan/scan.ts'

/** What takes the place of something that may not be handed over. */
export interface MadeUp {
  readonly type: string
  readonly value: string
}

export class Sensitive {
  readonly #look: Look
  readonly #constants = new Map<string, string>()
  /** Real values, in memory only: what is one in its field is one in any other text. */
  readonly #real = new Set<string>()

  constructor(look: Look) {
    this.#look = look
  }

  /** With the workspace's ledger of fakes and its desensitize.yaml. */
  static of(root: string): Sensitive {
    const [ledger, policy] = [ledgerName, policyName].map((name) => join(root, name)) as [string, string]
    return new Sensitive(
      new Look(
        existsSync(ledger) ? Ledger.parse(readFileSync(ledger, 'utf8')).ledger : new Ledger(),
        (existsSync(policy) ? parsePolicy(readFileSync(policy, 'utf8'), policyName) : noPolicy).policy,
      ),
    )
  }

  /** What stands for the value of a field; undefined: it may stay. */
  value(value: unknown, name: string, parent: string): MadeUp | undefined {
    if (typeof value === 'boolean' || value === null || value === undefined) return undefined
    const text = String(value)
    if (isSecretName(name) && text !== '') return this.secret(text)
    const found: string[] = []
    const run = this.#run(found)
    const kind = typeof value === 'string' ? 'text' : 'number'
    const field: Field = { name, meaning: run.names.of(name, parent), kind, depth: 0 }
    const edits = run.leaf(text, field, whole(name))
    const [type] = found
    if (edits.length === 0 && type === undefined) return undefined
    for (const { start, end } of edits) this.#remember(text.slice(start, end))
    return this.#madeUp(type ?? 'secret')
  }

  /** What stands for a value of which it is known that it is one. */
  secret(text: string): MadeUp {
    this.#remember(text)
    return this.#madeUp('secret')
  }

  /** Words are too often something else. */
  #remember(text: string): void {
    const plain = text.trim()
    if (plain.length >= 8 && /\d/.test(plain)) this.#real.add(plain)
  }

  /** Once all calls are known: the document without any real value that was recognised in one of them. */
  without(value: unknown): unknown {
    if (this.#real.size === 0) return value
    if (Array.isArray(value)) return value.map((item) => this.without(item))
    if (isFields(value))
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.without(member)]))
    if (typeof value !== 'string' && typeof value !== 'number') return value
    let text = String(value)
    for (const real of this.#real) {
      for (const form of new Set([real, encodeURIComponent(real), Buffer.from(real).toString('base64')]))
        text = text.replaceAll(form, () => constantOf('secret'))
    }
    return text === String(value) ? value : text
  }

  /** A text of many values, with what is found in it replaced there; undefined: it cannot be read. */
  text(
    text: string,
    contentType: string,
  ): { readonly text: string; readonly madeUp: readonly MadeUp[] } | undefined {
    const found: string[] = []
    const run = this.#run(found)
    const field: Field = { name: '', meaning: run.names.of(''), kind: 'text', depth: 0 }
    const edits = textEdits(text, contentType, field, whole('body'), run)
    if (edits === undefined || found.includes(unreadable)) return undefined
    for (const { start, end } of edits) this.#remember(text.slice(start, end))
    return { text: applyEdits(text, edits), madeUp: found.map((type) => this.#madeUp(type)) }
  }

  #madeUp(type: string): MadeUp {
    return { type, value: this.#constants.get(type) ?? constantOf(type) }
  }

  #run(found: string[]): Run {
    const run: Run = {
      ...this.#look.run({ sightings: [], blind: [] }),
      leaf: (text, field, where) => leafEdits(text, field, where, run),
      replace: (detector) => {
        if (!this.#constants.has(detector.type)) this.#constants.set(detector.type, constantFor(detector))
        return () => this.#constants.get(detector.type)!
      },
      report: ({ detector }) => void found.push(detector.type),
      undecodable: () => void found.push(unreadable),
    }
    return run
  }
}

const unreadable = 'unreadable'

const constantOf = (type: string): string => (type === 'secret' ? 'made-up-secret' : `made-up-${type}`)

/** Nothing real is masked with it: it draws one fake for a sample of each type, so it may be known to everybody. */
const sampleKey = (): MaskKey => {
  const key = MaskKey.parse(Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('hex'))
  if (typeof key === 'string') throw new Error(key)
  return key
}

const constantFor = (detector: Detector): string => {
  const { type, kind, samples } = detector
  const sample = samples.sensitive.flatMap((text) => /⟦(.+?)⟧/.exec(text)?.[1] ?? [])[0]
  if (kind === 'secret' || sample === undefined) return constantOf(type)
  const canon = detector.canon(sample)
  const draw = new Draw(sampleKey(), 'contract', canon, 0)
  const fake = detector.fake(canon, draw)
  // One that does not tell by itself what it is would look like somebody's.
  return detector.isFake(fake) ? fake : constantOf(type)
}
