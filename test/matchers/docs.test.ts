/** The examples of the manual, run. */
import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { operators } from '../../src/matchers/index.ts'
import { compile, compilers, sampleValue } from './tools.ts'

const page = readFileSync(new URL('../../docs/matching.md', import.meta.url), 'utf8')

interface Example {
  readonly text?: unknown
  readonly json?: unknown
  readonly body?: unknown
  readonly multipart?: unknown
  readonly match?: readonly unknown[]
  readonly 'no match'?: readonly unknown[]
}

const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(
  ([, yaml]) => [yaml!.split('\n')[0]!, load(yaml!) as Example] as const,
)

describe('docs/matching.md', () => {
  it.each(examples)('%s', (_line, example) => {
    if ('multipart' in example) {
      compilers.multipart(example.multipart)
      return
    }
    const position = (['text', 'json', 'body'] as const).find((name) => name in example)!
    const spec = example[position]
    const holds = (value: unknown): boolean =>
      compile({ position, spec }).test(sampleValue({ position, spec, value }))
    expect(example.match).not.toHaveLength(0)
    expect(example.match?.map(holds)).not.toContain(false)
    expect(example['no match']?.map(holds)).not.toContain(true)
  })

  it('shows every operator', () => {
    const shown = JSON.stringify(examples.map(([, example]) => example))
    expect(operators.filter(({ name }) => !shown.includes(`"${name}"`)).map(({ name }) => name)).toEqual([])
  })

  it('names every option', () => {
    const options = operators.flatMap((operator) => operator.options ?? [])
    expect(options.filter((option) => !page.includes(option))).toEqual([])
  })
})
