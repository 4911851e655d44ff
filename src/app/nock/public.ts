/** What a program sees of nock's recordings as mocks, and of mocks as nock's. Published as it is: it imports nothing of ours. */

/** One entry of what `nock.recorder` writes and `nock.define` reads, as far as it is looked at. */
export interface NockDefinition {
  /** `http://orders.test.example.com:80` */
  readonly scope: string | RegExp
  readonly method?: string
  /** With its query. */
  readonly path: string | RegExp
  /** '' or absent: anything. */
  readonly body?: unknown
  readonly status?: number
  /** Text, JSON, hexadecimal text where `responseIsBinary`, or a list of such texts for a coded body. */
  readonly response?: unknown
  readonly responseIsBinary?: boolean
  /** By name, or as a flat list of names and values. */
  readonly rawHeaders?: Readonly<Record<string, string | readonly string[]>> | readonly string[]
  /** Of older recordings. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly reqheaders?: Readonly<Record<string, unknown>>
  readonly badheaders?: readonly string[]
  readonly options?: unknown
}

export interface FromNockOptions {
  /** Default: the first label of the definition's host. */
  readonly service?: string
  /** Default `1.0.0`. */
  readonly version?: string
  /** A workspace's folder: files are written there, and such as there are already are refused. Default: nothing is written. */
  readonly folder?: string
}

/** Something that is said otherwise there, or not at all. */
export interface NockNote {
  /** `definition 3: GET http://orders.test.example.com/orders`, or a mock's name and place. */
  readonly of: string
  readonly why: string
}

export interface FromNock {
  /** Relative to the workspace. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** How many definitions say the same. */
  readonly taken: number
  readonly changed: readonly NockNote[]
  readonly notPossible: readonly NockNote[]
}

export interface ToDefinitions {
  readonly definitions: readonly NockDefinition[]
  /** How many mocks say the same. */
  readonly taken: number
  readonly changed: readonly NockNote[]
  readonly notPossible: readonly NockNote[]
}
