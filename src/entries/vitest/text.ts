/** What a failed test is told of calls. */
import type { Calls, WantedCall } from '../../app/in-process/public.ts'
import { tellCall, tellUnmatched } from '../../app/in-process/tell.ts'

const shownAtMost = 20

export const unmatchedText = (unmatched: Calls): string =>
  [
    `${unmatched.times === 1 ? 'a call was' : `${unmatched.times} calls were`} answered by nothing:`,
    ...unmatched.slice(0, shownAtMost).map(tellUnmatched),
    ...more(unmatched),
  ].join('\n\n')

export const callsText = (calls: Calls): string => {
  if (calls.times === 0) return 'no calls came'
  const answered = calls.filter(({ outcome }) => outcome !== 'miss')
  const lines = answered.slice(0, shownAtMost).map((call) => `  ${tellCall(call)}`)
  const unmatched = calls.unmatched.slice(0, shownAtMost).map((call) => indented(tellUnmatched(call)))
  return ['calls that came:', ...lines, ...unmatched, ...more(calls)].join('\n')
}

const more = (calls: Calls): string[] =>
  calls.times > shownAtMost ? [`  and ${calls.times - shownAtMost} more`] : []

const indented = (text: string): string => text.replaceAll(/^/gm, '  ').replace('svc-mock: ', '')

export const wantedText = (wanted: WantedCall): string =>
  JSON.stringify(
    wanted,
    (_key, value: unknown) => {
      if (value instanceof RegExp || typeof value === 'bigint') return String(value)
      return typeof value === 'function' ? '(a function)' : value
    },
    2,
  )
