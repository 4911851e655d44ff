/** The APIs that clients may use, by their keys: which versions there are, which headers they have, and their fields. */
import { type Codec, compile } from './compile.ts'
import { type Definition, type Field, parseDefinitions, parseFields } from './parse.ts'
import { specifications } from './specifications.ts'

export class Api {
  readonly key: number
  readonly name: string
  /** First and last version that is known. */
  readonly min: number
  readonly max: number
  /** First flexible version (KIP-482), Infinity for none. */
  readonly flexible: number
  private readonly definition: Definition
  private readonly fields: { request?: readonly Field[]; response?: readonly Field[] } = {}
  private readonly codecs = { request: new Map<number, Codec>(), response: new Map<number, Codec>() }

  constructor(definition: Definition) {
    this.definition = definition
    this.key = definition.key
    this.name = definition.name
    this.min = definition.versions[0]
    this.max = definition.versions[1]
    this.flexible = definition.flexible
  }

  requestHeader(version: number): 1 | 2 {
    return version >= this.flexible ? 2 : 1
  }

  /** ApiVersions' stays at 0, because a client reads it before it knows what the server speaks (KIP-511). */
  responseHeader(version: number): 0 | 1 {
    return version >= this.flexible && this.key !== apiVersionsKey ? 1 : 0
  }

  /** Throws RangeError for a version that isn't known. */
  codec(direction: 'request' | 'response', version: number): Codec {
    const made = this.codecs[direction].get(version)
    if (made !== undefined) return made
    if (!(version >= this.min && version <= this.max)) {
      throw new RangeError(`${this.name} has versions ${this.min} to ${this.max}, not ${version}`)
    }
    const codec = compile(this.fieldsOf(direction), version, version >= this.flexible)
    this.codecs[direction].set(version, codec)
    return codec
  }

  /** Of all versions. */
  fieldsOf(direction: 'request' | 'response'): readonly Field[] {
    this.fields[direction] ??= parseFields(this.definition[direction], this.definition.versions)
    return this.fields[direction]
  }
}

const apiVersionsKey = 18

export const apis: readonly Api[] = parseDefinitions(specifications).map((definition) => new Api(definition))

const byKey: readonly (Api | undefined)[] = Array.from(
  { length: 1 + Math.max(...apis.map(({ key }) => key)) },
  (_none, key) => apis.find((api) => api.key === key),
)

/** undefined: brokers only use it among themselves, or it is newer than this table. */
export const apiOf = (key: number): Api | undefined => byKey[key]
