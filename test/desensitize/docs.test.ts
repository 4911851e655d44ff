/** The table of docs/desensitize.md names every type that there is. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { maskableTypes } from '../../src/desensitize/policy.ts'
import { parsePolicy } from '../../src/desensitize/policy-file.ts'

const page = readFileSync(new URL('../../docs/desensitize.md', import.meta.url), 'utf8')

it('lists every type', () => {
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|')[1]!)
  const listed = rows.flatMap((cell) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, type]) => type!))
  expect([...maskableTypes.keys()].filter((type) => !listed.includes(type))).toEqual([])
  expect(listed.filter((type) => !maskableTypes.has(type) && type !== 'picture')).toEqual([])
})

it('shows a policy file that is right', () => {
  const yaml = /```yaml\n(fields:[\s\S]*?)```/.exec(page)![1]!
  const { policy, exceptions, problems } = parsePolicy(yaml, 'desensitize.yaml')
  expect(problems).toEqual([])
  expect(policy.fields.map(({ path }) => path)).toEqual([
    '**.remark',
    'body.customer.nick',
    'body.items[*].note',
    'header.x-employee',
  ])
  expect(exceptions).toHaveLength(1)
})
