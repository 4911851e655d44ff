/** `svc-mock contract deployed`: which version of a service runs in an environment, from now on. */
import { existsSync, rmSync } from 'node:fs'
import { SvcMockError } from '../../../core/errors.ts'
import { type Deployment, Store } from './layout.ts'
import { changeStore, type StorePlace } from './open-store.ts'
import type { Target } from './target.ts'

export type Deployed = Omit<Deployment, 'version'> & {
  /** undefined: none any more. */
  readonly version: string | undefined
  readonly to: string
}

/** Rejects with FLAG_INVALID where what is to go is not there, GIT_FAILED. */
export const recordDeployment = (
  target: Exclude<Target, { readonly kind: 'broker' }>,
  { name, environment, version }: Omit<Deployed, 'to'>,
  place: StorePlace,
): Promise<Deployed> => {
  const what =
    version === undefined ? `${name} left ${environment}` : `${name} ${version} runs in ${environment}`
  return changeStore(target, what, place, (folder) => {
    const store = new Store(folder)
    if (version !== undefined) store.writeDeployment({ name, version, environment })
    else {
      const file = store.deploymentFile({ name, environment })
      if (!existsSync(file))
        throw new SvcMockError('FLAG_INVALID', `nothing of ${name} runs in ${environment}`, {
          hint: `environments: ${[...new Set(store.deployments().map((one) => one.environment))].join(', ') || 'none'}`,
        })
      rmSync(file)
    }
    return { name, environment, version, to: target.shown }
  })
}
