/** `expect:` of an example: conditions on status, headers and body, with the operators of `request:`. */

import type { Call } from '../../../core/call.ts'
import type { Compilers } from '../../../core/dialect.ts'
import { type ExpectedReply, type Unexpected, unexpected } from '../../../core/example.ts'
import { isFields } from '../../../core/fields.ts'
import type { Mismatch } from '../../../core/matcher.ts'
import { allValues } from '../../../core/metadata.ts'
import { collectMistakes, within } from '../../../core/mistakes.ts'
import type { SingleReply } from '../../../core/reply.ts'
import { isSecretName, maskedIfSecret } from '../../../core/secrets.ts'
import { decodedAs, noBytes } from '../body.ts'
import type { ReplySpec } from './schema.ts'

type Check = (reply: SingleReply, call: Call) => readonly Unexpected[]

export const compileReply = (spec: ReplySpec, compile: Compilers): ExpectedReply => {
  const checks = collectMistakes<Check>([
    ...('status' in spec ? [() => statusCheck(spec.status, compile)] : []),
    ...Object.entries(spec.headers ?? {}).map(
      ([name, condition]) =>
        () =>
          headerCheck(name, condition, compile),
    ),
    ...('body' in spec ? [() => bodyCheck(spec.body, compile)] : []),
  ])
  return { check: (reply, call) => checks.flatMap((check) => check(reply, call)) }
}

const statusCheck = (spec: unknown, compile: Compilers): Check => {
  const condition = within(['status'], () => compile.json(spec))
  return ({ status }) =>
    condition.test(status) ? [] : [unexpected(['status'], condition.describe(), condition.mismatch(status))]
}

const headerCheck = (name: string, spec: unknown, compile: Compilers): Check => {
  const condition = within(['headers', name], () => compile.text(spec))
  const lower = name.toLowerCase()
  return ({ metadata }) => {
    const values = allValues(metadata, lower)
    if (condition.test(values)) return []
    return [unexpected(['headers', name], condition.describe(), masked(name, condition.mismatch(values)))]
  }
}

const hidden = maskedIfSecret('secret', '')

const masked = (name: string, mismatch: Mismatch | undefined): Mismatch | undefined =>
  mismatch === undefined || !isSecretName(name)
    ? mismatch
    : { ...mismatch, expected: hidden, actual: mismatch.actual === 'absent' ? 'absent' : hidden }

const bodyCheck = (spec: unknown, compile: Compilers): Check => {
  const condition = within(['body'], () => compile.body(spec))
  return (reply, { method }) => {
    // What answers GET answers HEAD too, and the body stays behind (RFC 9110 section 9.3.2).
    const sent = method === 'HEAD' ? noBytes : (reply.body ?? noBytes)
    const body = decodedAs(sent, reply.metadata, bodyLimit)
    if (condition.test(body)) return []
    const wrong = fieldsOf(spec)
      .map(compile.body)
      .filter((one) => !one.test(body))
    const told = wrong.length === 0 ? [condition] : wrong.slice(0, fieldsAtMost)
    return told.map((one) => unexpected(['body'], one.describe(), one.mismatch(body)))
  }
}

const fieldsAtMost = 20

/** A condition tells the first thing that is wrong, and whoever reads results wants all: one condition for each field. */
const fieldsOf = (spec: unknown): readonly unknown[] => {
  if (!isFields(spec)) return [spec]
  const keys = Object.keys(spec)
  if (keys.length === 0 || keys.some((key) => key.startsWith('$'))) return [spec]
  return keys.flatMap((key) => fieldsOf(spec[key]).map((field) => ({ [key]: field })))
}

/** Far beyond what a mock file can hold. */
const bodyLimit = 256 * 1024 * 1024
