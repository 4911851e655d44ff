/** Results of `test` for people: file by file, and for what failed the place, each condition, and why. */
import type { ExampleFailure, TestedExample, TestView } from '../app/examples/test-view.ts'
import type { Style } from './style.ts'

export interface TestOptions {
  /** Only what failed. */
  readonly quiet: boolean
  readonly unreached: boolean
  /** The --name that was asked for. */
  readonly name: string | undefined
}

export const renderTest = (view: TestView, style: Style, options: TestOptions): string => {
  if (view.examples.length === 0) return none(view, style, options)
  const shown = options.quiet ? view.examples.filter(({ ok }) => !ok) : view.examples
  const files = [...Map.groupBy(shown, ({ file }) => file)].map(([file, examples]) =>
    [style.bold(file), ...examples.flatMap((example) => exampleLines(example, style))].join('\n'),
  )
  const blocks = [...files, summary(view, style, options)]
  if (options.unreached && view.unreached.length > 0) blocks.splice(-1, 0, unreached(view, style))
  return blocks.join('\n\n')
}

const none = ({ mocks, files }: TestView, style: Style, { name }: TestOptions): string => {
  const what = name === undefined ? 'no example' : `no example called ${JSON.stringify(name)}`
  const found = `${style.yellow(what)} in ${count(mocks, 'mock')} of ${count(files, 'file')}`
  const hint =
    name === undefined
      ? 'write one under a mock: examples: [{ request: { path: /… }, expect: { status: 200 } }]'
      : 'leave --name out to see all of them'
  return `${found}\n${style.cyan('hint:')} ${hint}`
}

const exampleLines = (example: TestedExample, style: Style): string[] => {
  const { ok, failure } = example
  const mark = ok ? style.green('✓') : style.red('✗')
  const line = `  ${mark} ${title(example, style)}`
  if (failure === undefined) return [line]
  return [`${line}  ${style.dim(failure.at)}`, ...failureLines(example, failure, style)]
}

const title = ({ mock, name, steps }: TestedExample, style: Style): string => {
  const whole =
    mock === undefined ? printable(name) : `${printable(mock)} ${style.dim('›')} ${printable(name)}`
  return steps === 1 ? whole : `${whole} ${style.dim(`(${steps} calls)`)}`
}

const failureLines = (
  { steps, mock }: TestedExample,
  { step, operation, at, unexpected, answeredBy, nearest, notes }: ExampleFailure,
  style: Style,
): string[] => {
  const lines = steps === 1 ? [] : [`call ${step} of ${steps}: ${printable(operation)}`]
  for (const { clause, expected, actual, at: place } of unexpected) {
    const line = lineOf(place) === lineOf(at) ? '' : style.dim(`  line ${lineOf(place)}`)
    lines.push(
      `${printable(clause)}: expected ${style.green(printable(expected))}, got ${style.red(printable(actual))}${line}`,
    )
  }
  // Under its own mock nothing else is expected.
  if (answeredBy !== undefined && answeredBy.name !== mock)
    lines.push(`${style.dim('answered by')} ${printable(answeredBy.name)}  ${style.dim(answeredBy.at)}`)
  for (const note of notes) lines.push(printable(note))
  if (nearest.length > 0) lines.push(style.dim(answeredBy === undefined ? 'nearest:' : 'did not match:'))
  for (const { mock: name, version, at: where, failed } of nearest) {
    lines.push(
      `  ${printable(name)}${version === undefined ? '' : ` (${version})`}  ${style.dim(where)}`,
      ...failed.map(
        ({ clause, expected, actual }) =>
          `    ${printable(clause)}: expected ${printable(expected)}, got ${printable(actual)}`,
      ),
    )
  }
  return lines.map((line) => `      ${line}`)
}

/** Of `file:line:column`. */
const lineOf = (place: string): string => place.split(':').at(-2) ?? ''

const unreached = (view: TestView, style: Style): string =>
  [
    'no example reached:',
    ...view.unreached.map(({ name, at }) => `  ${printable(name)}  ${style.dim(at)}`),
  ].join('\n')

const summary = (view: TestView, style: Style, options: TestOptions): string => {
  const { passed, failed, mocks, examples, durationMs } = view
  const files = new Set(examples.map(({ file }) => file)).size
  const parts = [
    ...(failed > 0 ? [style.red(`${failed} failed`)] : []),
    ...(passed > 0 ? [style.green(`${passed} passed`)] : []),
  ]
  const ran = `${parts.join(', ')} in ${count(files, 'file')}, ${Math.round(durationMs)} ms`
  if (options.name !== undefined) return ran
  const reached = mocks - view.unreached.length
  const rest = reached === mocks || options.unreached ? '' : ' (--unreached lists the rest)'
  return ran + style.dim(`; ${reached} of ${count(mocks, 'mock')} reached${rest}`)
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** What a file holds must not speak to the terminal. */
const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
