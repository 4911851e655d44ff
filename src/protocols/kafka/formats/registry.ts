/** A schema registry, as Confluent's and those that speak its API (https://docs.confluent.io/platform/current/schema-registry/develop/api.html). */
import { request } from 'node:http'
import type { Dial } from '../../../core/protocol.ts'
import type { Authority, SchemaPart } from '../../../core/service-entry.ts'
import { FormatError } from './format.ts'

export interface RegisteredSchema {
  readonly id: number
  readonly kind: 'AVRO' | 'PROTOBUF' | 'JSON'
  readonly text: string
  /** Of what it names, before it. */
  readonly referenced: readonly SchemaPart[]
}

interface Reference {
  /** As the schema names it. */
  readonly name: string
  readonly subject: string
  readonly version: number
}

interface Told {
  readonly id?: number
  readonly schema?: string
  readonly schemaType?: string
  readonly references?: readonly Reference[]
}

const largestAnswer = 4 * 1024 * 1024
const patienceMs = 5_000

export class SchemaRegistry {
  private readonly dial: Dial
  private readonly address: Authority
  /** Schemas never change under their id. */
  private readonly byId = new Map<number, Promise<RegisteredSchema>>()

  constructor(dial: Dial, address: Authority) {
    this.dial = dial
    this.address = address
  }

  /** Rejects with FormatError. */
  schema(id: number): Promise<RegisteredSchema> {
    const known = this.byId.get(id)
    if (known !== undefined) return known
    const asked = this.get(`/schemas/ids/${id}`).then((told) => this.whole(id, told))
    asked.catch(() => this.byId.delete(id))
    this.byId.set(id, asked)
    return asked
  }

  /** The newest of a topic's values. Rejects with FormatError. */
  async latest(topic: string): Promise<RegisteredSchema> {
    const told = await this.get(`/subjects/${encodeURIComponent(`${topic}-value`)}/versions/latest`)
    return this.whole(told.id ?? 0, told)
  }

  private async whole(id: number, told: Told): Promise<RegisteredSchema> {
    const { schema, schemaType = 'AVRO' } = told
    if (schema === undefined || !isKind(schemaType))
      throw new FormatError(`the registry knows no schema ${id} that svc-mock can read`)
    return { id, kind: schemaType, text: schema, referenced: await this.referenced(told, new Set()) }
  }

  private async referenced({ references = [] }: Told, seen: Set<string>): Promise<readonly SchemaPart[]> {
    const parts: SchemaPart[] = []
    for (const { name, subject, version } of references) {
      const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}`
      if (seen.has(path)) continue
      seen.add(path)
      const told = await this.get(path)
      parts.push(...(await this.referenced(told, seen)), { name, text: told.schema ?? '' })
    }
    return parts
  }

  private async get(path: string): Promise<Told> {
    const { host, port, basePath } = this.address
    try {
      const socket = await this.dial(this.address)
      const text = await answered(() =>
        request({
          host,
          port,
          path: basePath + path,
          headers: { accept: 'application/vnd.schemaregistry.v1+json' },
          createConnection: () => socket as never,
          agent: false,
          timeout: patienceMs,
        }),
      )
      return JSON.parse(text) as Told
    } catch (error) {
      throw new FormatError(`the schema registry ${host}:${port}: ${(error as Error).message}`)
    }
  }
}

const isKind = (text: string): text is RegisteredSchema['kind'] => ['AVRO', 'PROTOBUF', 'JSON'].includes(text)

const answered = (open: () => ReturnType<typeof request>): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = open()
    asked.on('response', (response) => {
      const pieces: Buffer[] = []
      let size = 0
      response.on('data', (piece: Buffer) => {
        size += piece.length
        if (size > largestAnswer) asked.destroy(new Error('its answer is too large'))
        else pieces.push(piece)
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(pieces).toString())
        else
          reject(
            new Error(
              response.statusCode === 404 ? 'it has no such schema' : `it answers ${response.statusCode}`,
            ),
          )
      })
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${patienceMs} ms`)))
    asked.on('error', reject)
    asked.end()
  })
