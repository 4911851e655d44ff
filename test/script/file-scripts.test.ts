import { expect, it, onTestFinished } from 'vitest'
import { LibraryScripts } from '../../src/script/library-scripts.ts'

it('the scripts of a file are unused until there is one, so that files without need not keep them', () => {
  const scripts = new LibraryScripts({})
  onTestFinished(() => scripts.close())
  const fileScripts = () =>
    scripts.forFile({
      path: '/w/m/x.yaml',
      display: 'm/x.yaml',
      library: '/w/m',
      root: '/w',
      uses: () => undefined,
      locate: () => ({ at: { file: 'm/x.yaml', line: 1, column: 1 }, frame: '' }),
    })
  expect(fileScripts().unused).toBe(true)

  const scripted = fileScripts()
  scripted.script('export default () => 1', ['mocks', 0], { kind: 'value' })
  expect(scripted.unused).toBe(false)

  // What is evaluated without an engine is compiled for it all the same, and must be forgotten with its file.
  const expressions = fileScripts()
  expressions.expressions([{ source: 'request.path', path: ['mocks', 0] }], true)
  expect(expressions.unused).toBe(false)
})
