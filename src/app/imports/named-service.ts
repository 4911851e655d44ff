/** The service that `--service` names, for formats whose calls belong to services by their hosts. */
import { SvcMockError } from '../../core/errors.ts'
import type { ServiceEntry } from '../../core/service-entry.ts'
import type { Services } from '../../proxy/services.ts'

/** Throws FLAG_INVALID for a name that svc-mock.yaml does not have. */
export const namedService = (services: Services, name: string | undefined): ServiceEntry | undefined => {
  if (name === undefined) return undefined
  const found = services.named(name)
  if (found !== undefined) return found
  throw new SvcMockError('FLAG_INVALID', `svc-mock.yaml has no service ${name}`, {
    hint: `add it: services: { ${name}: { hosts: [<its host>] } }`,
  })
}
