import { describe, expect, it } from 'vitest'
import { errorDocument, exitCodeOf, renderError } from '../../src/cli/render-error.ts'
import { plainStyle } from '../../src/cli/style.ts'
import { SvcMockError } from '../../src/core/errors.ts'
import type { Problem } from '../../src/core/problem.ts'

const problem = (line: number, severity: Problem['severity'] = 'error'): Problem => ({
  severity,
  code: 'MOCK_FILE_INVALID',
  at: { file: 'mocks/a.yaml', line, column: 3 },
  message: `wrong ${line}`,
  hint: 'put it right',
  frame: `${line} | here`,
})

describe('renderError', () => {
  it('says what, where, and what to do next', () => {
    const source = { file: 'svc-mock.yaml', line: 3, column: 9 }
    const text = renderError(
      new SvcMockError('CONFIG_INVALID', 'listen is no address', { source }),
      plainStyle,
    )
    expect(text).toContain('error: listen is no address (CONFIG_INVALID)')
    expect(text).toContain('at svc-mock.yaml:3:9')
    expect(text).toMatch(/^hint: /m)
  })

  it('lists problems by place, with frames and hints', () => {
    const problems = [problem(20), problem(3, 'warning')]
    const text = renderError(
      new SvcMockError('MOCK_FILE_INVALID', 'broken', { details: { problems } }),
      plainStyle,
    )
    expect(text.indexOf('mocks/a.yaml:3:3')).toBeLessThan(text.indexOf('mocks/a.yaml:20:3'))
    expect(text).toContain('    20 | here')
    expect(text).toContain('1 error, 1 warning in 1 file')
  })

  it('shows fifty problems and counts the rest', () => {
    const problems = Array.from({ length: 60 }, (_, i) => problem(i + 1))
    const text = renderError(
      new SvcMockError('MOCK_FILE_INVALID', 'broken', { details: { problems } }),
      plainStyle,
    )
    expect(text).toContain('wrong 50')
    expect(text).not.toContain('wrong 51')
    expect(text).toContain('… and 10 more')
  })

  it('shows the stack of what nobody expected', () => {
    const error = new TypeError('x is not a function')
    expect(renderError(error, plainStyle)).toContain('render-error.test.ts')
    expect(exitCodeOf(error)).toBe(70)
  })
})

describe('errorDocument', () => {
  it('has code, message and hint, and what else there is', () => {
    const source = { file: 'a.yaml', line: 1, column: 1 }
    const error = new SvcMockError('PORT_IN_USE', 'taken', {
      hint: 'take another',
      source,
      details: { port: 1 },
    })
    expect(errorDocument(error)).toEqual({
      error: { code: 'PORT_IN_USE', message: 'taken', hint: 'take another', source, details: { port: 1 } },
    })
    expect(Object.keys(errorDocument(new SvcMockError('LOOP', 'x')).error)).toEqual([
      'code',
      'message',
      'hint',
    ])
  })
})
