/** A run that only looks: no key, nothing remembered. Made up is what says so itself, or what the ledger knows. */
import type { Detector } from '../detectors/detector.ts'
import { FieldNames } from '../field-names.ts'
import { leafEdits } from '../leaf.ts'
import { Ledger, plainForm } from '../ledger.ts'
import { defaultPolicy, FieldRules, type Policy } from '../policy.ts'
import { defaultLimits, type Rule, type Run } from '../run.ts'
import { testAccountForms } from '../session.ts'

export interface Sighting {
  readonly type: string
  readonly title: string
  readonly rule: Rule
  readonly path: string
  /** In the text that was looked at. */
  readonly offset: number
}

export interface Blind {
  readonly path: string
  readonly offset: number
  readonly reason: string
}

export interface Looked {
  readonly sightings: Sighting[]
  readonly blind: Blind[]
}

/** What people write where a secret would be. */
const samples =
  /test|dummy|example|sample|placeholder|fake|mock|change-?me|your[-_ ]|x{4}|secret$|password$|token$|^abc/i
const isSample = (text: string): boolean =>
  text.length <= 24 && (text.match(/\d/g)?.length ?? 0) < 6 && samples.test(text)

export class Look {
  readonly #names = new FieldNames()
  readonly #rules: FieldRules
  readonly #ledger: Ledger
  readonly #accounts: ReadonlySet<string>

  constructor(ledger: Ledger = new Ledger(), policy: Policy = defaultPolicy) {
    this.#ledger = ledger
    this.#accounts = testAccountForms(policy.testAccounts)
    // Only what a person declared harmless is of interest: there is nothing to be changed.
    this.#rules = new FieldRules(policy.fields.filter(({ action }) => action.do === 'keep'))
  }

  /** A run that reports into `looked`. */
  run(looked: Looked): Run {
    let left = defaultLimits.bytes
    const run: Run = {
      names: this.#names,
      rules: this.#rules,
      maskUnknown: false,
      values: undefined,
      limits: defaultLimits,
      runAtLeast: 16,
      leaf: (text, field, where) => leafEdits(text, field, where, run),
      isFake: (detector, canon) => this.#isFake(detector, canon),
      fakesIn: () => {},
      replace: (_detector, _canon, surface) => () => surface,
      unpacked: (bytes) => {
        left -= bytes
        return left >= 0
      },
      report: ({ detector, rule, path, offset }) =>
        looked.sightings.push({ type: detector.type, title: detector.title, rule, path, offset }),
      undecodable: (where, at, reason) =>
        looked.blind.push({ path: where.path(), offset: where.offset(at), reason }),
    }
    return run
  }

  #isFake(detector: Detector, canon: string): boolean {
    return (
      detector.isFake(canon) ||
      this.#ledger.knows(detector.type, canon) ||
      this.#accounts.has(plainForm(canon)) ||
      (detector.kind === 'secret' && isSample(canon))
    )
  }
}
