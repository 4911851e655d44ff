/** What nock's entry point needs of opened mocks. */
import type { InProcessMocks } from '../in-process/mocks.ts'
import type { Mocks } from '../in-process/public.ts'
import type { ToDefinitions } from './public.ts'
import { toDefinitions } from './to-definitions.ts'

export const servicesOf = (mocks: Mocks) => (mocks as InProcessMocks).running.services()

export const definitionsOf = (mocks: Mocks): ToDefinitions => {
  const { running } = mocks as InProcessMocks
  return toDefinitions({
    files: running.files(),
    mocks: running.mocks(),
    hosts: new Map(running.services().map(({ name, hosts }) => [name, hosts])),
  })
}
