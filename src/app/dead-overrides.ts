/** What names mocks that are not there any more: lines of `disable`, mocks that extend, and mocks that had replaced one of a package. */
import type { DisabledMock } from '../config/config.ts'
import { formatMockName } from '../core/mock-name.ts'
import type { Problem } from '../core/problem.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import type { MockFile } from '../mock/definition.ts'
import { nearest } from '../yaml/nearest.ts'
import { isError } from './library-entry.ts'

/** A service with a broken file is not judged: what is missing may stand there. */
export const deadDisables = (
  disabled: readonly DisabledMock[],
  mocks: readonly CompiledMock[],
  files: readonly MockFile[],
): readonly Problem[] => {
  const services = new Set(disabled.map(({ service }) => service))
  for (const { service, problems } of files) if (problems.some(isError)) services.delete(service)
  const names = Map.groupBy(
    mocks.filter(({ service }) => services.has(service)),
    ({ service }) => service,
  )
  return disabled.flatMap((one): Problem[] => {
    if (!services.has(one.service)) return []
    const known = new Set(names.get(one.service)?.map(({ name }) => name))
    if (known.has(one.mock)) return []
    const near = nearest(one.mock, known)
    return [
      {
        severity: 'error',
        code: 'OVERRIDE_DEAD',
        at: one.at,
        frame: one.frame,
        message: `there is no mock ${JSON.stringify(formatMockName(one))} to disable`,
        hint:
          near === undefined
            ? 'it was renamed or removed: svc-mock list shows what there is, or remove this line'
            : `did you mean '${formatMockName({ service: one.service, mock: near })}'?`,
      },
    ]
  })
}
