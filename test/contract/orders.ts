/** An OpenAPI file as teams write them, and a workspace whose mocks are held against it. */
import { verifySpec } from '../../src/app/contract/verify-spec.ts'
import { openWorkspace } from '../../src/app/workspace.ts'
import type { ContractReport, Violation } from '../../src/contract/violation.ts'
import { workspace } from '../support/workspace.ts'

export const ordersSpec = `openapi: 3.0.3
info: { title: Orders, version: 2.3.0 }
servers:
  - url: https://api.example.com/v2
paths:
  /orders:
    get:
      parameters:
        - { name: tenant, in: query, required: true, schema: { type: string } }
        - { name: page, in: query, schema: { type: integer, minimum: 1 } }
        - { name: ids, in: query, explode: false, schema: { type: array, items: { type: integer } } }
        - { name: filter, in: query, style: deepObject, schema: { type: object } }
        - { name: x-trace, in: header, required: true, schema: { type: string, format: uuid } }
      responses:
        '200':
          description: a page
          headers:
            x-total: { required: true, schema: { type: integer } }
          content:
            application/json:
              schema: { type: array, items: { $ref: '#/components/schemas/Order' } }
        4XX: { $ref: '#/components/responses/Problem' }
    post:
      requestBody:
        required: true
        content:
          application/json: { schema: { $ref: '#/components/schemas/Order' } }
          application/x-www-form-urlencoded:
            schema: { type: object, properties: { amount: { type: number } } }
      responses:
        '201':
          description: made
          content:
            application/json: { schema: { $ref: '#/components/schemas/Order' } }
        default: { $ref: '#/components/responses/Problem' }
  /orders/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: integer } }
    get:
      responses:
        '200':
          description: one
          content:
            application/json: { schema: { $ref: '#/components/schemas/Order' } }
            text/csv: { schema: { type: string } }
        '404': { $ref: '#/components/responses/Problem' }
    delete:
      responses:
        '204': { description: gone }
  /orders/mine:
    get:
      responses:
        '200':
          description: mine
          content:
            application/json: { schema: { type: object, required: [count], properties: { count: { type: integer } } } }
components:
  responses:
    Problem:
      description: why not
      content:
        application/json:
          schema: { type: object, required: [code], properties: { code: { type: string } } }
  schemas:
    Order:
      type: object
      required: [id, total, state]
      additionalProperties: false
      properties:
        id: { type: integer, readOnly: true }
        secret: { type: string, writeOnly: true }
        total: { type: number, minimum: 0, exclusiveMinimum: true }
        state: { type: string, enum: [open, paid] }
        note: { type: string, nullable: true }
        at: { type: string, format: date-time }
        parent: { $ref: '#/components/schemas/Order' }
        payment:
          oneOf:
            - { $ref: '#/components/schemas/Card' }
            - { $ref: '#/components/schemas/Invoice' }
          discriminator:
            propertyName: kind
            mapping: { card: '#/components/schemas/Card', bill: Invoice }
    Card:
      type: object
      required: [kind, last4]
      properties: { kind: { type: string }, last4: { type: string, pattern: '^\\d{4}$' } }
    Invoice:
      type: object
      required: [kind, due]
      properties: { kind: { type: string }, due: { type: string, format: date } }
`

export const config = `services:
  orders: { contract: { openapi: ./orders.yaml } }
`

export const ordersFiles = (mocks: string, spec = ordersSpec): Record<string, string> => ({
  'svc-mock.yaml': config,
  'orders.yaml': spec,
  'mocks/orders/2.3.0/a.yaml': `mocks:\n${mocks}`,
})

export const verified = async (
  files: Readonly<Record<string, string>>,
  options: { readonly service?: string; readonly allowRemoteRefs?: boolean } = {},
): Promise<ContractReport> => {
  const { folder } = workspace(files)
  const opened = openWorkspace({ cwd: folder, env: {} })
  return verifySpec(opened.config, { paths: [], allowRemoteRefs: false, ...options })
}

/** `rule at path`, and the line in the contract. */
export const shortly = (findings: readonly Violation[]): string[] =>
  findings.map(
    ({ severity, rule, path, expected, actual }) =>
      `${severity === 'violation' ? '' : `${severity} `}${rule} ${path}${expected === undefined ? '' : ` expected ${expected}`}${actual === undefined ? '' : ` got ${actual}`}`,
  )

/** A mock of one order, with changes to its body. */
export const orderMock = (body: string, more = ''): string =>
  `  - { name: found, request: { method: GET, path: '/orders/{id}' }, response: { ${more} body: { ${body} } } }\n`
