/** A workspace's key, ledger and policy put together: what everything that writes recorded data goes through. */
import { hash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SvcMockError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import { Ledger } from '../../desensitize/ledger.ts'
import type { MaskKey } from '../../desensitize/mask-key.ts'
import type { Policy } from '../../desensitize/policy.ts'
import { noPolicy, parsePolicy } from '../../desensitize/policy-file.ts'
import { Session, WrongKey } from '../../desensitize/session.ts'
import { ledgerName } from '../masks.ts'
import { policyName } from '../scan/scan.ts'

export interface OpenSession {
  readonly session: Session
  /** Of what is in force now. */
  policyHash(): string | undefined
  /** What desensitize.yaml says now, if that is not what was taken over last; 'wrong': it has mistakes, and changes nothing. */
  newPolicy(): Policy | 'wrong' | undefined
}

/** `details`: see SessionOptions. Throws MASK_KEY_INVALID, POLICY_INVALID or LEDGER_INVALID. */
export const openSession = (root: string, key: MaskKey, details = false): OpenSession => {
  let written = readPolicy(root)
  const loaded = written === undefined ? noPolicy : parsePolicy(written, policyName)
  refuse('POLICY_INVALID', `${policyName} has mistakes`, loaded.problems)
  const text = readIfThere(join(root, ledgerName))
  const { ledger, problems } =
    text === undefined ? { ledger: new Ledger(), problems: [] } : Ledger.parse(text)
  refuse(
    'LEDGER_INVALID',
    `${ledgerName} has mistakes`,
    problems.map(({ line, message, hint }) => ({
      severity: 'error',
      code: 'LEDGER_INVALID',
      at: { file: ledgerName, line, column: 1 },
      message,
      hint,
    })),
  )
  try {
    return {
      session: new Session({ key, ledger, policy: loaded.policy, details }),
      policyHash: () => (written === undefined ? undefined : digestOf(written)),
      newPolicy: () => {
        const text = readPolicy(root)
        if (text === undefined || text === written) return undefined
        const { policy, problems: mistakes } = parsePolicy(text, policyName)
        if (mistakes.length > 0) return 'wrong'
        written = text
        return policy
      },
    }
  } catch (error) {
    if (error instanceof WrongKey) throw new SvcMockError('MASK_KEY_INVALID', error.message)
    throw error
  }
}

export const writeLedger = (root: string, text: string): void => {
  const path = join(root, ledgerName)
  const temporary = `${path}.${process.pid}.tmp`
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(temporary, text)
  renameSync(temporary, path)
}

/** The text of desensitize.yaml, if there is one. */
export const readPolicy = (root: string): string | undefined => readIfThere(join(root, policyName))

/** Line ends do not count: git may change them. */
const digestOf = (text: string): string => hash('sha256', text.replaceAll('\r\n', '\n')).slice(0, 16)

const readIfThere = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined

const refuse = (
  code: 'POLICY_INVALID' | 'LEDGER_INVALID',
  message: string,
  problems: readonly Problem[],
): void => {
  if (problems.length > 0) throw new SvcMockError(code, message, { details: { problems } })
}
