/** A client of crm-service-main.ts, and that service in a process of its own. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  type ServiceClientConstructor,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { onTestFinished } from 'vitest'
import type { InventoryClient } from './grpc.ts'

export const crmProto = fileURLToPath(new URL('../fixtures/grpc/crm.proto', import.meta.url))
export const crmText = readFileSync(crmProto, 'utf8')

const loaded = loadSync(crmProto, { keepCase: true, longs: String, enums: String, oneofs: true })
const { Customers } = (loadPackageDefinition(loaded) as GrpcObject)['crm'] as Record<
  string,
  ServiceClientConstructor
>

export const crmClient = (listen: string, options: object = {}): InventoryClient => {
  const client = new Customers!(listen, credentials.createInsecure(), {
    'grpc.default_authority': 'crm:50051',
    ...options,
  }) as unknown as InventoryClient
  onTestFinished(() => client.close())
  return client
}

/** Its port. */
export const crmService = async (args: readonly string[] = []): Promise<number> => {
  const child = fork(fileURLToPath(new URL('crm-service-main.ts', import.meta.url)), [...args], {
    execArgv: [],
  })
  onTestFinished(() => {
    child.kill()
  })
  const [port] = (await once(child, 'message')) as [number]
  return port
}
