/** One recording: its key, its ledger, its policy, and every real value seen so far, which live in memory only. */
import { address } from './detectors/address.ts'
import { type Detector, isFew } from './detectors/detector.ts'
import { digest } from './detectors/digest.ts'
import { email } from './detectors/email.ts'
import { entropy } from './detectors/entropy.ts'
import { freeText, opaque } from './detectors/opaque.ts'
import { personName } from './detectors/person-name.ts'
import { secret } from './detectors/secret.ts'
import { Fakes } from './fakes.ts'
import { FieldNames } from './field-names.ts'
import { rendered } from './hit.ts'
import { type Ledger, plainForm } from './ledger.ts'
import { linkedFake } from './linked-values.ts'
import type { MaskKey } from './mask-key.ts'
import { defaultPolicy, type Policy, PolicyRules } from './policy.ts'
import { type Real, RealValues } from './real-values.ts'
import { defaultLimits, type Limits, type Rule } from './run.ts'

/** Whose fakes are told by themselves also where nothing says what they are. */
const selfIdentifying = [personName, address, email, secret]

export interface SessionOptions {
  readonly key: MaskKey
  readonly ledger: Ledger
  readonly policy?: Policy
  readonly limits?: Partial<Limits>
  /** Tell what is kept although nothing is known of it, and an example for every value that is masked for the same reason. */
  readonly details?: boolean
}

/** Thrown when the ledger's fakes were made with another key: going on would give every value a second fake. */
export class WrongKey extends Error {}

export class Session {
  readonly ledger: Ledger
  readonly limits: Limits
  readonly details: boolean
  readonly names = new FieldNames()
  readonly values = new RealValues()
  readonly #fakes: Fakes
  readonly #examples = new Set<string>()
  #policy: Policy
  #rules: PolicyRules
  #testAccounts: ReadonlySet<string>

  /** Throws WrongKey. */
  constructor({ key, ledger, policy = defaultPolicy, limits, details = false }: SessionOptions) {
    const wrong = ledger.claim(key)
    if (wrong !== undefined) throw new WrongKey(wrong)
    this.ledger = ledger
    this.limits = { ...defaultLimits, ...limits }
    this.details = details
    this.#fakes = new Fakes(key, ledger, (fake) => this.values.standsIn(fake))
    this.#policy = policy
    this.#rules = new PolicyRules(policy)
    this.#testAccounts = testAccountForms(policy.testAccounts)
  }

  get policy(): Policy {
    return this.#policy
  }

  get rules(): PolicyRules {
    return this.#rules
  }

  /** From now on; what was masked before stays as it is. */
  adopt(policy: Policy): void {
    this.#policy = policy
    this.#rules = new PolicyRules(policy)
    this.#testAccounts = testAccountForms(policy.testAccounts)
  }

  /** Once for each field and type, but with details always where nothing is known of the field. */
  wantsExample(path: string, type: string, rule: Rule): boolean {
    if (this.details && rule === 'unknown') return true
    const id = `${path.replace(/\[\d+\]/g, '[*]')} ${type}`
    if (this.#examples.has(id)) return false
    this.#examples.add(id)
    return true
  }

  /** `cleaned`: it stands in what has been cleaned before. Elsewhere the ledger proves nothing where values are few. */
  isFake(detector: Detector, canon: string, cleaned: boolean): boolean {
    const listed = cleaned || !isFew(detector, canon)
    if (detector === freeText || detector === opaque) {
      const text = canon.trim()
      if (selfIdentifying.some((one) => one.isFake(one.canon(text)))) return true
      if (listed && this.ledger.isFake(text)) return true
    }
    return (
      detector.isFake(canon) ||
      (listed && this.ledger.knows(detector.type, canon)) ||
      this.#testAccounts.has(plainForm(canon))
    )
  }

  /** A real value that, standing in what was cleaned, may be the fake of another: that tells of nobody. */
  isAmbiguous({ detector, canon }: Real): boolean {
    return isFew(detector, canon) && this.ledger.knows(detector.type, canon)
  }

  see(detector: Detector, canon: string, surface: string): Real {
    return this.values.add(detector, canon, surface)
  }

  /** The fake of a value, written as `surface` is. `recent`: what else was seen in the exchange. */
  fakeOf(real: Real, surface: string, recent: readonly Real[]): string {
    const { detector, canon } = real
    const fake = rendered(detector, this.#canonicalFake(detector, canon, recent), surface)
    if (detector === opaque || detector === freeText) this.values.stoodFor(surface.trim(), fake.trim())
    return fake
  }

  #canonicalFake(detector: Detector, canon: string, recent: readonly Real[]): string {
    const linked = linkedFake(detector.type, canon, recent, this.values, (real, form) =>
      rendered(real.detector, this.#fakes.of(real.detector, real.canon), form),
    )
    if (linked === undefined || linked === canon) return this.#fakes.of(detector, canon)
    // A digest is in the ledger, also where it was taken for a key.
    if (detector === entropy) this.#fakes.register(digest, canon.toLowerCase(), linked.toLowerCase())
    else this.#fakes.register(detector, canon, linked)
    return linked
  }
}

/** Test accounts are compared without separators and case. */
export const testAccountForms = (accounts: readonly string[]): ReadonlySet<string> =>
  new Set(accounts.map(plainForm))
