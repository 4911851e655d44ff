/** Descriptions with what real ones have: composition, alternatives, cycles, examples, odd patterns, all three versions. */

export const petShop = `openapi: 3.0.2
info: { title: Pet Shop API, version: '1.7' }
servers: [{ url: 'https://pets.example.com/api/{stage}', variables: { stage: { default: v1 } } }]
security: [{ key: [] }]
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - { $ref: '#/components/parameters/Limit' }
        - { name: status, in: query, required: true, schema: { $ref: '#/components/schemas/Status' } }
        - { name: tags, in: query, schema: { type: array, items: { type: string } } }
        - { name: X-Request-ID, in: header, required: true, schema: { type: string, format: uuid } }
      responses:
        '200':
          description: a page
          headers:
            X-Next: { required: true, schema: { type: string, pattern: '^[a-z]{3}-\\d{2,4}$' } }
          content:
            application/json:
              schema: { type: array, minItems: 2, maxItems: 3, items: { $ref: '#/components/schemas/Pet' } }
        default: { $ref: '#/components/responses/Error' }
    post:
      operationId: addPet
      requestBody: { $ref: '#/components/requestBodies/Pet' }
      responses:
        '201':
          description: added
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Pet' }
              examples:
                cat: { value: { id: 7, kind: cat, name: Tom, lives: 9 } }
                wrong: { value: { id: 'seven' } }
                dog: { $ref: '#/components/examples/Dog' }
        4XX: { $ref: '#/components/responses/Error' }
  /pets/{petId}:
    parameters:
      - { name: petId, in: path, required: true, schema: { type: integer, format: int64, minimum: 1 } }
    get:
      operationId: getPet
      responses:
        '200': { description: one, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
        '404': { $ref: '#/components/responses/Error' }
    delete: { operationId: removePet, responses: { '204': { description: gone } } }
  /pets/{petId}/photo.{format}:
    get:
      parameters:
        - { name: petId, in: path, required: true, schema: { type: integer } }
        - { name: format, in: path, required: true, schema: { type: string, enum: [png, jpg] } }
      responses: { '200': { description: bytes, content: { image/*: { schema: { type: string, format: binary } } } } }
  /tree:
    get:
      responses:
        '200': { description: a tree, content: { 'application/json; charset=utf-8': { schema: { $ref: '#/components/schemas/Node' } } } }
  /text:
    get:
      responses:
        '200': { description: text, content: { text/plain: { schema: { type: string, maxLength: 5 } } } }
  /impossible:
    get:
      responses:
        '200': { description: none, content: { application/json: { schema: { type: object, required: [self], properties: { self: { $ref: '#/components/schemas/Endless' } } } } } }
components:
  securitySchemes: { key: { type: apiKey, in: query, name: api_key } }
  parameters: { Limit: { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100, default: 20 } } }
  requestBodies:
    Pet: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
  examples: { Dog: { value: { id: 8, kind: dog, name: Rex, barks: true, born: '2020-02-29' } } }
  responses:
    Error:
      description: why not
      content:
        application/problem+json:
          schema: { $ref: '#/components/schemas/Problem' }
          examples: { no: { value: { code: 42, message: no } } }
  schemas:
    Status: { type: string, enum: [available, sold] }
    Problem: { type: object, required: [code, message], properties: { code: { type: integer }, message: { type: string } } }
    Animal:
      type: object
      required: [id, kind, name]
      discriminator: { propertyName: kind }
      properties:
        id: { type: integer, readOnly: true, minimum: 1 }
        kind: { type: string }
        name: { type: string, minLength: 2, maxLength: 12 }
        born: { type: string, format: date, nullable: true }
        owner: { nullable: true, allOf: [{ $ref: '#/components/schemas/Owner' }] }
        secret: { type: string, writeOnly: true }
    Owner: { type: object, required: [email], properties: { email: { type: string, format: email }, pets: { type: array, items: { $ref: '#/components/schemas/Pet' } } } }
    Cat: { allOf: [{ $ref: '#/components/schemas/Animal' }, { type: object, required: [lives], properties: { lives: { type: integer, minimum: 1, maximum: 9 } } }] }
    Dog: { allOf: [{ $ref: '#/components/schemas/Animal' }, { type: object, required: [barks], properties: { barks: { type: boolean } } }] }
    Pet:
      oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }]
      discriminator: { propertyName: kind, mapping: { cat: '#/components/schemas/Cat', dog: '#/components/schemas/Dog' } }
    Node: { type: object, required: [name], properties: { name: { type: string }, children: { type: array, items: { $ref: '#/components/schemas/Node' } }, parent: { $ref: '#/components/schemas/Node' } } }
    Endless: { type: object, required: [next], properties: { next: { $ref: '#/components/schemas/Endless' } } }
`

export const billing = `openapi: 3.1.0
info: { title: Billing, version: 2.0.1 }
paths:
  /invoices/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: string, format: uuid } }]
      responses:
        '200':
          description: one
          content:
            application/vnd.billing+json:
              schema:
                type: object
                required: [id, lines, state, total]
                unevaluatedProperties: false
                properties:
                  id: { type: string, format: uuid }
                  total: { type: [number, 'null'], multipleOf: 0.01, exclusiveMinimum: 0 }
                  state: { const: open }
                  pair: { type: array, prefixItems: [{ type: string }, { type: integer }], items: false, minItems: 2 }
                  lines: { type: array, minItems: 1, uniqueItems: true, items: { $ref: '#/components/schemas/Line' } }
                  labels: { type: object, minProperties: 1, additionalProperties: { type: string, format: date-time } }
components:
  schemas:
    Line: { type: object, required: [sku], properties: { sku: { type: string, pattern: '^(?:A|B)-[0-9A-F]{4}$', examples: [A-00FF] } } }
`

export const search = `openapi: 3.2.0
info: { title: Search, version: '3' }
paths:
  /items:
    query:
      requestBody: { required: true, content: { application/json: { schema: { type: object, required: [text], properties: { text: { type: string } } } } } }
      responses:
        '200': { description: found, content: { application/json: { schema: { type: array, items: { type: integer, format: int32 } } } } }
    additionalOperations:
      PURGE: { responses: { '202': { description: begun } } }
`
