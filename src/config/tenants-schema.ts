/** `tenants:` of svc-mock.yaml. */
import { z } from 'zod'
import { listen, text, textOrList } from './schema-parts.ts'

const texts = z.record(text, z.unknown())

const claimSchema = z
  .strictObject({
    headers: texts.describe('Headers, or metadata of RPC, with the usual operators').optional(),
    query: texts.describe('Query parameters, with the usual operators').optional(),
    cookies: texts.describe('Cookies, with the usual operators').optional(),
    body: z
      .unknown()
      .describe(
        'The body, or the message of an RPC, with the usual operators; such calls are read before they go on',
      )
      .optional(),
    topic: z.unknown().describe('Makes it a claim on messages: a topic, a glob, or an operator').optional(),
    key: z.unknown().describe("The message's key, with the usual operators").optional(),
    value: z.unknown().describe("The message's value, with the usual operators").optional(),
    services: z.array(text).min(1).describe('Only calls to these; default all').optional(),
  })
  .describe("Calls or messages that hold all of this are the tenant's, without any tag")

const tenantSchema = z
  .strictObject({
    claims: z.array(claimSchema).describe("What the tenant's calls hold; one of them is enough").optional(),
    listen: listen.describe("A port of the proxy whose calls are the tenant's").optional(),
    certificate: textOrList
      .describe("PEM files with client certificates: TLS connections that show one are the tenant's")
      .optional(),
  })
  .describe('One tenant: a developer or a team')

export const tenantsSchema = z
  .object({
    header: text.describe('Where the tag travels; default baggage, as its member svcm-tenant').optional(),
    store: text
      .describe('A Redis in which several svc-mocks share added routes: redis://host:port or rediss://…')
      .optional(),
  })
  .catchall(tenantSchema.nullable())
  .describe('The tenants, by name; see docs/tenants.md')

export type TenantFile = z.infer<typeof tenantSchema>
