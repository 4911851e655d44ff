/** What a Pact Broker wants people to read. */
import { isFields } from '../json-value.ts'

export interface Notice {
  /** Several lines, some of them. */
  readonly text: string
  /** `error`, `warning`, `success`, `info`, `prompt`, `debug`; undefined for notices of verification. */
  readonly type: string | undefined
  /** Of verification: `before_verification`, `after_verification:success_true_published_false`. */
  readonly when: string | undefined
}

/** `notices`, or `logs` of old brokers. */
export const noticesOf = (given: unknown): readonly Notice[] =>
  (Array.isArray(given) ? (given as readonly unknown[]) : []).flatMap((one) => {
    if (!isFields(one)) return []
    const [text, type] = [one['text'] ?? one['message'], one['type'] ?? one['level']]
    if (typeof text !== 'string') return []
    return [
      {
        text: printable(text),
        type: typeof type === 'string' ? type : undefined,
        when: typeof one['when'] === 'string' ? one['when'] : undefined,
      },
    ]
  })

/** It must not speak to a terminal; lines stay. */
const printable = (text: string): string =>
  text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '\ufffd')

/** Those that are told before a pact is verified; an old broker says no time. */
export const before = (notices: readonly Notice[]): readonly Notice[] =>
  notices.filter(({ when }) => when === undefined || when === 'before_verification')

export const after = (notices: readonly Notice[], success: boolean, published: boolean): readonly Notice[] =>
  notices.filter(({ when }) => when === `after_verification:success_${success}_published_${published}`)
