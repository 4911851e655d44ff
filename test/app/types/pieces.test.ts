/** Types of single conditions, values and schemas, and a library whose names are no names of TypeScript. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Declarations } from '../../../src/app/types/declarations.ts'
import { makeTypes } from '../../../src/app/types/make-types.ts'
import { schemaType } from '../../../src/app/types/schema-type.ts'
import { textOf } from '../../../src/app/types/ts-type.ts'
import { conditionType, singleTextType, textType, valueType } from '../../../src/app/types/value-type.ts'
import { openWorkspace } from '../../../src/app/workspace.ts'
import { SpecFiles } from '../../../src/contract/formats/openapi/document.ts'
import { workspace } from '../../support/workspace.ts'

const run = promisify(execFile)
const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))

const line = (text: string): string => text.replaceAll(/\s+/g, ' ')

describe('a condition on a body', () => {
  it.each([
    ['card', '"card"'],
    [3, '3'],
    [null, 'null'],
    [['a', 1], 'readonly ["a", 1]'],
    [{ $greaterThan: 3 }, 'number'],
    [{ $greaterThan: 3, $lessThan: 9 }, 'number'],
    [{ $matches: 'a+' }, 'string'],
    [{ $oneOf: ['a', 'b', 1] }, '"a" | "b" | 1'],
    [{ $or: [{ $matches: 'a' }, 7] }, 'string | 7'],
    [{ $and: [{ $type: 'string' }, { $contains: 'a' }] }, 'string'],
    [{ $absent: true }, 'undefined'],
    [{ $type: ['string', 'null'] }, 'string | null'],
    [{ $type: 'array' }, 'readonly Json[]'],
    [{ $anything: true }, 'Json'],
    [{ $equalTo: { a: 1 } }, '{ readonly a: number }'],
    [{ $equalToJson: '{"a": [1, "x"]}' }, '{ readonly a: readonly (number | string)[] }'],
    [{ $matchesJsonPath: '$.a' }, 'Json'],
    [
      { $form: { a: { $matches: 'x' }, b: 1 } },
      '{ readonly a: Values readonly b: "1" | (readonly string[]) readonly [name: string]: Values | undefined }',
    ],
    [
      { a: 1, 'b-c': { $absent: true } },
      '{ readonly a: 1 readonly "b-c"?: undefined readonly [name: string]: Json | undefined }',
    ],
  ])('%j is %s', (spec, expected) => {
    expect(line(textOf(conditionType(spec)))).toBe(expected)
  })
})

describe('a condition on a text', () => {
  it.each([
    [2, '"2" | (readonly string[])', '"2"'],
    ['a', '"a" | (readonly string[])', '"a"'],
    [{ $matches: 'x' }, 'Values', 'string'],
    [{ $oneOf: ['a', 'b'] }, '"a" | "b"', '"a" | "b"'],
    [{ $absent: true }, 'undefined', 'undefined'],
    [['a', 'b'], 'Values', 'string'],
  ])('%j is %s, or %s where there is one', (spec, several, one) => {
    expect([textOf(textType(spec)), textOf(singleTextType(spec))]).toEqual([several, one])
  })
})

describe('a value of an answer', () => {
  it.each([
    ['a', 'string'],
    ['${' + '{ now() }}', 'Json'],
    ['at ${' + '{ now() }}', 'string'],
    [[1, 'a', null], 'readonly (number | string | null)[]'],
    [[], 'readonly Json[]'],
    [{ a: { b: true } }, '{ readonly a: { readonly b: boolean } }'],
  ])('%j is %s', (value, expected) => {
    expect(line(textOf(valueType(value)))).toBe(expected)
  })
})

it('beyond 2^53 is an Integer', () => {
  expect([textOf(valueType(2n ** 60n)), textOf(conditionType(2n ** 60n))]).toEqual(['Integer', 'Integer'])
})

describe('a schema', () => {
  it.each([
    [true, 'Json'],
    [false, 'never'],
    [{}, 'Json'],
    [{ type: 'integer' }, 'number'],
    [{ type: 'integer', format: 'int64' }, 'Integer'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ type: 'string', nullable: true }, 'string | null'],
    [{ enum: ['a', 1, null] }, '"a" | 1 | null'],
    [{ const: 'x' }, '"x"'],
    [{ oneOf: [{ type: 'string' }, { type: 'number' }] }, 'string | number'],
    [{ items: { type: 'string' } }, 'readonly string[]'],
    [
      { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] },
      'readonly (string | number)[]',
    ],
    [{ type: 'object' }, '{ readonly [name: string]: Json | undefined }'],
    [{ properties: { a: { type: 'string', readOnly: true } }, required: ['a'] }, '{ readonly a?: string }'],
    [
      { properties: { a: { type: 'number' } }, additionalProperties: { type: 'string' } },
      '{ readonly a?: number readonly [name: string]: string | number | undefined }',
    ],
    [
      {
        allOf: [
          { properties: { a: {} } },
          { type: 'object', required: ['b'], properties: { b: { type: 'boolean' } } },
        ],
      },
      '{ readonly a?: Json } & { readonly b: boolean }',
    ],
    [{ $ref: '#/nowhere' }, 'Json'],
  ])('%j is %s', (value, expected) => {
    const files = new SpecFiles({ root: '/' })
    const file = { id: 'x', display: 'x', value, locate: () => ({ file: 'x', line: 1, column: 1 }) }
    const types = { service: 'a', files, declarations: new Declarations([]) }
    expect(line(textOf(schemaType({ file, pointer: [], value }, types)))).toBe(expected)
  })
})

describe('names', () => {
  it('that TypeScript does not have, or has already, still make a file that compiles', {
    timeout: 30_000,
  }, async () => {
    const space = workspace({
      'svc-mock.yaml':
        "services: { 'a-b': { contract: { openapi: ./a.yaml } }, g: { protocol: grpc, proto: [./g.proto] } }\n",
      'a.yaml': `openapi: 3.1.0
info: { title: a, version: '1' }
paths:
  '/x*/{order-id}':
    get:
      summary: "ends */ here"
      parameters: [{ name: order-id, in: path, required: true, schema: { type: string } }]
      responses:
        '200':
          description: x
          content: { application/json: { schema: { oneOf: [{ $ref: '#/components/schemas/tree' }, { $ref: '#/components/schemas/Tree' }] } } }
        4XX: { description: x, content: { text/plain: {} } }
        default: { description: x }
components:
  schemas:
    tree: { type: object, properties: { 'the "next"': { $ref: '#/components/schemas/tree' }, class: { type: string } } }
    Tree: { type: array, items: { $ref: '#/components/schemas/Tree' } }
`,
      'g.proto': `syntax = "proto3";
import "google/protobuf/any.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
service S { rpc Call(Promise) returns (Json); }
message Promise { Promise then = 1; oneof which { string a = 2; bytes b = 3; } }
message Json { google.protobuf.Any any = 1; google.protobuf.Struct struct = 2; google.protobuf.Int64Value n = 3; map<string, Promise> all = 4; google.protobuf.ListValue list = 5; }
`,
      'mocks/a-b/1.0.0/a.yaml': `mocks:
  - { name: "it's \\"quoted\\"\\nand */ more", request: { path: '/{class}/{x-y}', body: { __proto__: 1, 'a b': 2 } }, response: { body: [] } }
`,
      'tsconfig.json':
        '{ "compilerOptions": { "strict": true, "skipLibCheck": false, "types": [], "lib": ["es2024"], "noEmit": true }, "files": ["mocks.d.ts"] }',
    })
    const { config } = openWorkspace({ cwd: space.folder, env: {} })
    const { text } = await makeTypes(config, { out: join(space.folder, 'mocks.d.ts'), check: false })
    for (const name of ['ABTree', 'ABTree2', 'Promise2', 'Json2'])
      expect(text).toContain(`export type ${name} = `)
    const { stdout } = await run(process.execPath, [tsc, '--pretty', 'false'], { cwd: space.folder }).catch(
      (error: { stdout?: string }) => ({ stdout: error.stdout || String(error) }),
    )
    expect(stdout).toBe('')
  })
})
