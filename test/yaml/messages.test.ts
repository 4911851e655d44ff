/** The subject of these tests is the text itself: what a person reads after a slip in a YAML file. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { codeFrame } from '../../src/yaml/code-frame.ts'
import { parseDocument } from '../../src/yaml/document.ts'
import { shapeProblems } from '../../src/yaml/zod-problems.ts'
import { page } from './page.ts'

const slips: readonly string[] = [
  '{ path: /orders/{id} }',
  'request:\n  path: {id}/x',
  'path: /a\n\tb: 1',
  'hosts: [*.example.com]',
  'name: @orders',
  'match: "^\\d+$"',
  'name: orders: all',
  'list: [1, 2\nnext: 3',
  'text: "open',
  "text: 'it's'",
  'a: 1\n  b: 2',
  'a: 1\nb',
  '- a\nb: 1',
  'list: [1 2, {a: 1 b: 2}]',
  'tail: ]',
]

describe('slips of syntax', () => {
  it('are explained in our words, each with a hint', async () => {
    const text = slips.map((slip) => page(parseDocument(slip, 'slip.yaml').problems)).join('\n\n')
    await expect(text).toMatchFileSnapshot('syntax.golden.txt')
  })
})

const schema = z.strictObject({
  name: z.string(),
  mode: z.enum(['mock', 'passthrough', 'direct']),
  status: z.number().int().min(100).max(599).optional(),
  cors: z.union([z.boolean(), z.array(z.string())]).optional(),
  path: z.string().optional(),
  hosts: z.array(z.string()).min(1).optional(),
  body: z.union([z.strictObject({ text: z.string() }), z.strictObject({ json: z.unknown() })]).optional(),
  nested: z.record(z.string(), z.strictObject({ upstream: z.string().optional() })).optional(),
})

describe('slips of shape', () => {
  it('say what base64 is', () => {
    const document = parseDocument("bodyBase64: '!!'", 'slip.yaml')
    const shape = z.strictObject({ bodyBase64: z.base64() })
    const [problem] = shapeProblems({
      schema: shape,
      value: document.value,
      document,
      code: 'MOCK_FILE_INVALID',
    })
    expect(problem).toMatchObject({
      at: { line: 1, column: 13 },
      message: 'bodyBase64 is no base64',
      hint: expect.stringContaining('base64 -w0 <file>'),
    })
  })

  it('are all reported at once, in our words', async () => {
    const text = `mode: mok
status: "200"
cors: yes
path: {id}
hosts: []
body: { txt: a }
nested:
  a: { upstraem: x }
  b: [1]
  c: { upstream: 5 }
  d: { upstream: }
colour: red
<<: {}
`
    const document = parseDocument(text, 'shape.yaml')
    const problems = shapeProblems({ schema, value: document.value, document, code: 'CONFIG_INVALID' })
    await expect(page(problems)).toMatchFileSnapshot('shape.golden.txt')
  })

  it('names the file when it is no map at all', () => {
    const document = parseDocument('- a', 'shape.yaml')
    const [problem] = shapeProblems({ schema, value: document.value, document, code: 'CONFIG_INVALID' })
    expect(problem?.message).toBe('the file must be a map, not a list')
  })
})

describe('codeFrame', () => {
  it('cuts long lines to a window around the caret', () => {
    const frame = codeFrame(`${'x'.repeat(5000)}!${'y'.repeat(5000)}`, 1, 5001)
    const [line, caret] = frame.split('\n') as [string, string]
    expect(line.length).toBeLessThan(120)
    expect(line[caret.indexOf('^')]).toBe('!')
  })

  it('replaces characters that a terminal would obey', () => {
    expect(codeFrame('a: \u001b[31mred', 1, 1)).not.toContain('\u001b')
  })
})
