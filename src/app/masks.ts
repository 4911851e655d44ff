/** What `$masked` asks while a workspace runs, if it has fakes and its user has their key. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SvcMockError } from '../core/errors.ts'
import { Ledger } from '../desensitize/ledger.ts'
import { createMasks, type Masks } from '../desensitize/masks.ts'
import { findMaskKey } from './mask-key.ts'

/** Below the workspace, and committed. */
export const ledgerName = '.svc-mock/fakes.lock'

/** Throws MASK_KEY_INVALID for a key that is none, or not the one that the fakes were made with. */
export const workspaceMasks = (
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Masks | undefined => {
  const path = join(root, ledgerName)
  if (!existsSync(path)) return undefined
  const key = findMaskKey({ env, root })
  if (key === undefined) return undefined
  const { ledger } = Ledger.parse(readFileSync(path, 'utf8'))
  const wrong = ledger.claim(key)
  if (wrong !== undefined)
    throw new SvcMockError('MASK_KEY_INVALID', wrong, {
      hint: 'ask for the key of this workspace, or unset SVC_MOCK_MASK_KEY: answering calls does not need it',
    })
  return createMasks(key, ledger)
}
