/** HTTP's mocks in a page: they answer by themselves; real replies are not changed there. */
import type { MockDialect } from '../core/dialect.ts'
import { SpecError } from '../core/matcher.ts'
import { httpMocking } from '../protocols/http/mocking.ts'

const never = (): never => {
  throw new SpecError(
    'the reply of a real service is not changed in a page',
    [],
    'answer the call in the mock, or leave the service out of the page: services: [...]',
  )
}

export const pageHttp: MockDialect = {
  ...httpMocking,
  compilePatch: never,
  replyValue: async () => never(),
  replyEditing: { ask: never, open: never },
}
