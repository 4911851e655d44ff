import { expect, it } from 'vitest'
import { codeFrame } from '../../src/yaml/code-frame.ts'

it('puts the caret behind the line when the place is beyond it', () => {
  expect(codeFrame('a: 1\nbc: 2\n', 2, 400_000_000)).toBe('  1 | a: 1\n> 2 | bc: 2\n    |      ^')
  expect(codeFrame('a: 1', 1, 0)).toBe('> 1 | a: 1\n    | ^')
})
