/** docs/pact.md names every rule, and its case has the answer that stands below it. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ruleKinds } from '../../../src/contract/formats/pact/rules/index.ts'
import { mismatchesOf } from './tools.ts'

const page = readFileSync(new URL('../../../docs/pact.md', import.meta.url), 'utf8')

it.each(ruleKinds.map(({ name, since }) => [name, since] as const))(
  'names %s, of version %i',
  (name, since) => {
    const row = page
      .split('\n')
      .find((line) => line.startsWith('| ') && line.split('|')[1]!.includes(`\`${name}\``))
    // equality is of version 1, where it had no name.
    expect(row?.split('|')[2]?.trim()).toBe(String(since))
  },
)

it('answers its case as it says', () => {
  const [text, answer] = [...page.matchAll(/^```json\n([\s\S]*?)^```/gm)].map((match) => match[1]!)
  const mismatches = mismatchesOf(text!, 'response', 3)
  expect(JSON.parse(JSON.stringify({ match: false, mismatches }))).toEqual(JSON.parse(answer!))
})
