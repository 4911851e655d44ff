/** What names mocks that are not there any more: lines of `disable`, mocks that extend, and mocks that had replaced one of a package. */
import type { DisabledMock } from '../config/config.ts'
import { formatMockName, plainName } from '../core/mock-name.ts'
import type { Problem } from '../core/problem.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import type { MockFile } from '../mock/definition.ts'
import { nearest } from '../yaml/nearest.ts'
import { isError } from './library-entry.ts'
import type { MockLibrary } from './mock-library.ts'

/** A service with a broken file is not judged: what is missing may stand there. */
export const deadDisables = (
  disabled: readonly DisabledMock[],
  mocks: readonly CompiledMock[],
  files: readonly MockFile[],
): readonly Problem[] => {
  const services = new Set(disabled.map(({ service }) => service))
  const isBroken = (problem: Problem): boolean => isError(problem) && problem.code !== 'OVERRIDE_DEAD'
  for (const { service, problems } of files) if (problems.some(isBroken)) services.delete(service)
  const names = Map.groupBy(
    mocks.filter(({ service }) => services.has(service)),
    ({ service }) => service,
  )
  return disabled.flatMap((one): Problem[] => {
    if (!services.has(one.service)) return []
    const known = new Set(names.get(one.service)?.map(({ name }) => plainName(one.service, name)))
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

/**
 * After packages have changed: what of the workspace names mocks that are there no more. `removed`: mocks that the packages had before;
 * a mock of the workspace that stood in the place of one still answers, as a mock of its own.
 */
export const deadOverrides = (
  library: MockLibrary,
  removed: readonly { readonly service: string; readonly name: string }[],
): readonly Problem[] => {
  const dead = library.problems().filter(({ code }) => code === 'OVERRIDE_DEAD')
  const gone = new Set(removed.map(({ service, name }) => JSON.stringify([service, name])))
  const standing = new Map(library.mocks().map((mock) => [mock.at, mock]))
  const left = library.files().flatMap((file) =>
    file.mocks.flatMap((definition, position): Problem[] => {
      const { at, name } = definition
      if (standing.get(at)?.replaces !== 'packaged' || !gone.has(JSON.stringify([file.service, name])))
        return []
      if (library.isPackaged(file) || library.replaces(standing.get(at)!)) return []
      return [
        {
          severity: 'warning',
          code: 'OVERRIDE_DEAD',
          ...file.locate(['mocks', position, 'name']),
          message: `${JSON.stringify(formatMockName({ service: file.service, mock: name }))} stood in the place of a packaged mock, which has gone`,
          hint: 'it answers as a mock of its own now: remove it, or give it the name that the packaged mock has now',
        },
      ]
    }),
  )
  return [...dead, ...left]
}
