/** Examples in the manual, and those that `init` writes, are answered as they say. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { initFiles } from '../../../src/app/init-files.ts'
import { tested } from './run.ts'

const pages = ['docs/examples.md', 'README.md'].flatMap((page) => {
  const text = readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8')
  const blocks = [...text.matchAll(/^```yaml\n# mock file\n([\s\S]*?)^```/gm)].map((match) => match[1]!)
  return blocks.map((yaml, i) => ({ title: `${page} ${i + 1}`, yaml }))
})

it.each(pages.filter(({ yaml }) => yaml.includes('examples:')))('$title', async ({ yaml }) => {
  const { examples } = await tested({ 'mocks/a.yaml': yaml })
  expect(examples.length).toBeGreaterThan(0)
  expect(examples.flatMap(({ failure }) => failure ?? [])).toEqual([])
})

it('has examples of every kind', () => {
  const text = pages.map(({ yaml }) => yaml).join('\n')
  for (const key of ['steps', 'miss', 'error', 'fault', 'delay', 'upstream', 'scenarios', 'version', 'now'])
    expect(text).toMatch(new RegExp(`\\b${key}:`))
})

it('writes in the manual what the program prints', async () => {
  const page = readFileSync(new URL('../../../docs/examples.md', import.meta.url), 'utf8')
  const { examples } = await tested({ 'mocks/orders/1.4.0/orders.yaml': pages[0]!.yaml })
  for (const { mock, name } of examples)
    expect(page).toContain(`✓ ${mock === undefined ? '' : `${mock} › `}${name}\n`)
})

it('init', async () => {
  const { passed, failed } = await tested(Object.fromEntries(initFiles.map(({ path, text }) => [path, text])))
  expect({ passed, failed }).toEqual({ passed: 2, failed: 0 })
})
