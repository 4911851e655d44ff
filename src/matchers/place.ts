/** Puts mismatches into their place in a document: `items[0].sku`. Hides values of fields whose name is a secret's. */
import type { Mismatch } from '../core/matcher.ts'
import { isSecretName, maskedIfSecret } from '../core/secrets.ts'

const mask = maskedIfSecret('secret', '')

export const atField = (name: string, mismatch: Mismatch): Mismatch => {
  const hidden =
    isSecretName(name) && mismatch.actual !== 'absent' ? { expected: mask, actual: mask } : undefined
  const own = /^[\w-]+$/.test(name) ? name : `[${JSON.stringify(name)}]`
  return { ...mismatch, ...hidden, path: join(own, mismatch.path) }
}

export const atItem = (index: number, mismatch: Mismatch): Mismatch => ({
  ...mismatch,
  path: join(`[${index}]`, mismatch.path),
})

const join = (own: string, below: string): string =>
  below === '' || below.startsWith('[') ? own + below : `${own}.${below}`
