/** A mock's own conditions as a contract hands them over: as written, but without secrets and what cannot stand alone. */
import { type Fields, isFields } from '../../core/fields.ts'
import { isSecretName } from '../../core/secrets.ts'

/** `method`: of the call, where the mock leaves it open. */
export const conditionsOf = (request: unknown, method: string): Fields => {
  const { script: _alone, method: _open, ...conditions } = isFields(request) ? request : ({} as Fields)
  return {
    method,
    ...Object.fromEntries(
      Object.entries(conditions).map(([section, spec]) => [section, withoutSecrets(spec, false)]),
    ),
  }
}

/** `secret`: a name above it says so. */
const withoutSecrets = (spec: unknown, secret: boolean): unknown => {
  if (Array.isArray(spec)) return spec.map((item) => withoutSecrets(item, secret))
  if (isFields(spec)) {
    const operators = Object.keys(spec).filter((key) => key.startsWith('$'))
    // These name no value, or a fake.
    if (secret && operators.length > 0) return operators.every((key) => tells.has(key)) ? spec : there
    return Object.fromEntries(
      Object.entries(spec).map(([key, member]) => [
        key,
        withoutSecrets(member, secret || (!key.startsWith('$') && isSecretName(key))),
      ]),
    )
  }
  if (!secret || spec === null || typeof spec === 'boolean') return spec
  return there
}

const tells: ReadonlySet<string> = new Set(['$absent', '$anything', '$type', '$masked'])

const there: Fields = { $absent: false }
