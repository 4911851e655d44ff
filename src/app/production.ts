/** Off in production: what NODE_ENV and SVC_MOCK say before anything starts. Addresses are the guard's business. */
import { SvcMockError } from '../core/errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** NODE_ENV=production alone is a refusal; test images set it too, so it can be lifted. */
export const refuseProduction = (env: Environment, allowed: boolean): void => {
  if (env['NODE_ENV'] !== 'production' || allowed) return
  throw new SvcMockError('PRODUCTION_REFUSED', 'NODE_ENV is production, and svc-mock is for tests', {
    hint: 'if this is a test image, say --allow-node-env-production',
  })
}

/** `SVC_MOCK=off` (0, false and no too): `run` becomes a plain exec. */
export const isSwitchedOff = (env: Environment): boolean =>
  /^(off|0|false|no)$/i.test(env['SVC_MOCK']?.trim() ?? '')
