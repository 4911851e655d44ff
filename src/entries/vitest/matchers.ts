/** `expect(mocks)`: matchers of vitest's own names, which go on to mean what they mean for everything else. */
import { chai } from 'vitest'
import type { Mocks, WantedCall } from '../../app/in-process/public.ts'
import { callsText, unmatchedText, wantedText } from './text.ts'
import type { CalledOptions } from './types.ts'

interface Verdict {
  readonly pass: boolean
  readonly message: () => string
  readonly negated: () => string
}

/** undefined: not of mocks, or not in a form for them. */
type Judge = (mocks: Mocks, args: readonly unknown[]) => Verdict

export const installMatchers = (): void => {
  chai.use((_chai, utils) => {
    const { prototype } = chai.Assertion
    for (const [name, judge] of Object.entries(judges)) {
      const assert = (assertion: Chai.AssertionStatic, mocks: Mocks, args: readonly unknown[]): void => {
        const { pass, message, negated } = judge(mocks, args)
        const negate = utils.flag(assertion, 'negate') === true
        // chai makes both texts beforehand, and the calls may be many.
        const text = pass === negate ? escaped(negate ? negated() : message()) : ''
        assertion.assert(pass, text, text)
      }
      if (!(name in prototype)) {
        utils.addMethod(prototype, name, function (this: Chai.AssertionStatic, ...args: readonly unknown[]) {
          const actual: unknown = utils.flag(this, 'object')
          if (!isMocks(actual)) throw new TypeError(`${name} is for mocks of svc-mock`)
          assert(this, actual, args)
        })
        continue
      }
      utils.overwriteMethod(
        prototype,
        name,
        (inherited: (...args: readonly unknown[]) => unknown) =>
          function (this: Chai.AssertionStatic, ...args: readonly unknown[]) {
            const actual: unknown = utils.flag(this, 'object')
            if (isMocks(actual)) assert(this, actual, args)
            else inherited.apply(this, [...args])
          },
      )
    }
  })
}

/** chai fills `#{this}` and its like. */
const escaped = (text: string): string => text.replaceAll('#{', '# {')

const isMocks = (value: unknown): value is Mocks =>
  typeof value === 'object' &&
  value !== null &&
  ['calls', 'intercept', 'restore', 'reset'].every(
    (name) => typeof (value as Record<string, unknown>)[name] === 'function',
  )

const called = (mocks: Mocks, mock: string | undefined, options: CalledOptions): Verdict => {
  const { times, with: wanted } = options
  const found = wanted === undefined ? mocks.calls(mock) : mocks.calls(mock).where(wanted)
  const what = mock === undefined ? 'a call' : `a call of the mock "${mock}"`
  const which = wanted === undefined ? '' : ` with ${wantedText(wanted)}`
  const often = times === undefined ? '' : ` ${timesText(times)}`
  const came = `it came ${timesText(found.times)}`
  return {
    pass: times === undefined ? found.times > 0 : found.times === times,
    message: () => `expected ${what}${which}${often}, but ${came}\n\n${callsText(mocks.calls())}`,
    negated: () => `expected no such call: ${what}${which}${often}, but ${came}\n\n${callsText(found)}`,
  }
}

const timesText = (times: number): string => {
  if (times === 0) return 'never'
  return times === 1 ? 'once' : `${times} times`
}

/** The mock's name may stand in front. */
const named = <T>(args: readonly unknown[]): readonly [mock: string | undefined, rest: T] =>
  args.length > 1 ? [args[0] as string, args[1] as T] : [undefined, args[0] as T]

const judges: Readonly<Record<string, Judge>> = {
  toHaveBeenCalled: (mocks, [mock, options]) => called(mocks, mock as string | undefined, options ?? {}),
  toHaveBeenCalledTimes: (mocks, args) => {
    const [mock, times] = named<number>(args)
    return called(mocks, mock, { times })
  },
  toHaveBeenCalledWith: (mocks, args) => {
    const [mock, wanted] = named<WantedCall>(args)
    return called(mocks, mock, { with: wanted })
  },
  toHaveNoUnmatchedCalls: (mocks) => {
    const { unmatched } = mocks.calls()
    return {
      pass: unmatched.times === 0,
      message: () => unmatchedText(unmatched),
      negated: () => `expected a call that nothing answers\n\n${callsText(mocks.calls())}`,
    }
  },
}
