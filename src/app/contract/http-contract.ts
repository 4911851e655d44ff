/** What the contract of a service knows of its calls, where conditions of mocks say too little. */
import type { ServiceConfig } from '../../config/config.ts'
import { SpecFiles } from '../../contract/formats/openapi/document.ts'
import { type Description, openDescription } from '../../contract/formats/openapi/operations.ts'
import { Router } from '../../contract/formats/openapi/router.ts'
import { type SampleRequest, sampleRequest } from '../../contract/formats/openapi/sample-request.ts'
import { chanceFrom } from '../../core/chance.ts'
import type { CompiledMock } from '../../mock/compiled.ts'

export class HttpContract {
  readonly #description: Description
  readonly #router: Router

  private constructor(description: Description) {
    this.#description = description
    this.#router = new Router(description)
  }

  /** undefined: the service has none, or none that can be read. Its mistakes are told by `verify --spec`. */
  static async open(service: ServiceConfig | undefined, root: string): Promise<HttpContract | undefined> {
    const openapi = service?.contract?.openapi
    if (openapi === undefined) return undefined
    const files = new SpecFiles({ root, fetch: undefined })
    const description = await openDescription(openapi.path, files, openapi.at)
    return description === undefined ? undefined : new HttpContract(description)
  }

  /** The same for the same mock. */
  sampleFor({ pattern, method = 'GET' }: CompiledMock): SampleRequest | undefined {
    const operation = this.#router.find(pattern.source)?.operations.find((one) => one.method === method)
    return operation && sampleRequest(operation, this.#description, chanceFrom([1, 2, 3, 4]))
  }
}
