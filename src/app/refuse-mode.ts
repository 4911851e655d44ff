/** Which modes a service can be switched to while running. */
import { SvcMockError } from '../core/errors.ts'
import type { Mode, ServiceEntry } from '../core/service-entry.ts'
import { isRecordable } from './record/fixture-dialects.ts'

const switchable: readonly Mode[] = ['mock', 'passthrough', 'record', 'direct']

/** Protocols whose services have no mocks. */
const unmockable: ReadonlySet<string> = new Set(['tcp'])

/** Throws FLAG_INVALID. */
export const refuseMode = (entry: ServiceEntry, mode: Mode): void => {
  if (!switchable.includes(mode)) {
    throw new SvcMockError('FLAG_INVALID', `${mode} is no mode that ${entry.name} can be switched to`, {
      hint: `modes: ${switchable.join(', ')}`,
    })
  }
  const cannot =
    mode === 'record' ? !isRecordable(entry.protocol) : mode === 'mock' && unmockable.has(entry.protocol)
  if (cannot) {
    const what = mode === 'mock' ? 'mocked' : 'recorded'
    throw new SvcMockError(
      'FLAG_INVALID',
      `${entry.name} is a ${entry.protocol} service, which cannot be ${what}`,
      {
        hint: `modes: ${unmockable.has(entry.protocol) ? '' : 'mock, '}passthrough, direct`,
      },
    )
  }
  if (mode === 'direct' && entry.upstream === undefined && !entry.embedded) {
    throw new SvcMockError(
      'FLAG_INVALID',
      `${entry.name} has no upstream, and direct means that one address`,
      {
        hint: `add it to svc-mock.yaml: services: { ${entry.name}: { upstream: http://<host>:<port> } }`,
      },
    )
  }
}
