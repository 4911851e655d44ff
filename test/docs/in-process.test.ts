/** docs/in-process.md is what it says: its files make a project, and each of its programs and tests runs in it. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { project, run, runVitest } from '../entries/project.ts'

const text = readFileSync(new URL('../../docs/in-process.md', import.meta.url), 'utf8')

/** By the name in their first line. */
const files = Object.fromEntries(
  [...text.matchAll(/^```(?:js|yaml)\n(?:\/\/|#) (\S+)\n([\s\S]*?)^```$/gm)].map(([, name, body]) => [
    name!,
    body!,
  ]),
)

describe('docs/in-process.md', () => {
  let folder: string
  beforeAll(() => {
    expect(Object.keys(files)).toEqual([
      'svc-mock.yaml',
      'mocks/orders/1.0.0/orders.yaml',
      'program.mjs',
      'asserting.mjs',
      'vitest.config.js',
      'orders.test.js',
      'fixture.test.js',
      'orders.node-test.mjs',
      'with-nock.mjs',
    ])
    folder = project({ ...files, 'plain.config.js': 'export default {}' }, ['vitest', 'nock'], false)
  })

  it('shows what its first program prints', async () => {
    expect(await run(folder, 'program.mjs')).toEqual({ code: 0, output: '{ id: 42 }\n1\ntrue\n' })
  })

  it.each(['asserting.mjs', 'with-nock.mjs'])('has %s, which holds', async (name) => {
    expect(await run(folder, name)).toEqual({ code: 0, output: '' })
  })

  it('has tests for node:test, which end by themselves', async () => {
    const { code, output } = await run(folder, '--test', 'orders.node-test.mjs')
    expect(output).toMatch(/pass 1\n[\s\S]*fail 0\n/)
    expect(code).toBe(0)
  })

  it('fails a test of node:test that left an unmatched call', async () => {
    const name = 'failing.node-test.mjs'
    const failing = files['orders.node-test.mjs']!.replace(
      /await fetch\(.*\n.*/,
      "await fetch('http://orders.test.example.com/nothing')",
    )
    const other = project({ ...files, [name]: failing })
    const { code, output } = await run(other, '--test', name)
    expect(output).toContain('http://orders.test.example.com/nothing')
    expect(output).toContain('fail 1')
    expect(code).toBe(1)
  })

  // A vitest inside another: two processes start while other tests run.
  const patience = 60_000

  it(
    'has tests for vitest',
    async () => {
      const { output } = await runVitest(folder, 'orders.test.js')
      expect(output).toContain('2 passed')
    },
    patience,
  )

  it(
    'has tests for vitest with a fixture',
    async () => {
      const { output } = await runVitest(folder, '--config', 'plain.config.js', 'fixture.test.js')
      expect(output).toContain('1 passed')
    },
    patience,
  )
})
