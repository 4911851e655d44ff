/** Bodies and contents of messages: whether there must be one, then by their content type. */
import { parseForm } from '../../../../core/form.ts'
import type { Body, Content } from '../body.ts'
import { bodyKindOf, fitsMediaType, formatMediaType, type MediaType } from '../media-type.ts'
import type { Mismatch } from '../mismatch.ts'
import { formatPath, type Path, root } from '../path-expression.ts'
import { equal } from '../rules/equality.ts'
import { type Context, problemsOf } from './context.ts'
import { compareJson } from './json.ts'
import { compareMultipart, multipartType } from './multipart.ts'
import { compareTextLists } from './text-lists.ts'
import { compareXml } from './xml.ts'

export interface Side {
  readonly body: Body
  /** The content-type header, if there is one. */
  readonly contentType: string | undefined
}

/** `typeRule`: whether a rule on the content type lets the two be different. */
export const compareBodies = (
  expected: Side,
  actual: Side,
  context: Context,
  typeRule: () => boolean = () => false,
): readonly Mismatch[] => {
  const [wanted, got] = [expected.body, actual.body]
  if (wanted.kind === 'missing') return []
  if (wanted.kind !== 'present')
    return got.kind === 'present' && !isNull(got.content)
      ? [whole(null, preview(got.content), 'expected no body but there is one')]
      : []
  if (got.kind !== 'present')
    return isNull(wanted.content) && got.kind === 'null'
      ? []
      : [whole(preview(wanted.content), null, 'expected a body but there is none')]
  if (
    wanted.type !== undefined &&
    got.type !== undefined &&
    !fitsMediaType(wanted.type, got.type) &&
    !typeRule()
  )
    return [otherType(wanted.type, got.type)]
  return compareContents(root, expected, actual, context)
}

const isNull = (content: Content): boolean => content.text().trim() === 'null'

const whole = (expected: unknown, actual: unknown, message: string): Mismatch => ({
  kind: 'body',
  path: '$',
  expected,
  actual,
  message,
})

const otherType = (expected: MediaType, actual: MediaType): Mismatch => ({
  kind: 'bodyType',
  path: '',
  expected: formatMediaType(expected),
  actual: formatMediaType(actual),
  message: `expected a body of type ${formatMediaType(expected)} but it is ${formatMediaType(actual)}`,
})

/** Reports need not repeat megabytes. */
const preview = (content: Content): string => {
  const text = content.text()
  return text.length <= 1_000 ? text : `${text.slice(0, 999)}…`
}

const compareContents = (path: Path, expected: Side, actual: Side, context: Context): readonly Mismatch[] => {
  const [wanted, got] = [expected.body, actual.body]
  if (wanted.kind !== 'present' || got.kind !== 'present')
    return wanted.kind === got.kind
      ? []
      : [{ ...whole(null, null, 'one is empty and the other is not'), path: formatPath(path) }]
  switch (wanted.type === undefined ? 'text' : bodyKindOf(wanted.type)) {
    case 'json':
      return compareJsonContents(path, wanted.content, got.content, context)
    case 'xml':
      return compareXml(wanted.content.text(), got.content.text(), context)
    case 'form':
      return compareTextLists(parseForm(wanted.content.text()), parseForm(got.content.text()), context, {
        kind: 'body',
        what: 'form field',
        pathOf: (name) => formatPath([...root, name]),
      })
    case 'multipart':
      return compareMultipart(
        { bytes: wanted.content.bytes(), type: multipartType(wanted.type!, expected.contentType) },
        { bytes: got.content.bytes(), type: multipartType(got.type ?? wanted.type!, actual.contentType) },
        context,
        (at, one, other) =>
          compareContents(
            at,
            { body: one, contentType: undefined },
            { body: other, contentType: undefined },
            context,
          ),
      )
    case 'binary':
      return comparePlain(path, wanted.content, got.content, context, (content) => content.bytes())
    default:
      return comparePlain(path, wanted.content, got.content, context, (content) => content.text())
  }
}

const compareJsonContents = (
  path: Path,
  expected: Content,
  actual: Content,
  context: Context,
): readonly Mismatch[] => {
  const wanted = expected.json()
  const got = actual.json()
  if (!wanted.ok)
    return [whole(preview(expected), preview(actual), `the expected body is no JSON: ${wanted.problem}`)]
  if (!got.ok) return [whole(preview(expected), preview(actual), `the body is no JSON: ${got.problem}`)]
  return compareJson(path, wanted.value, got.value, context)
}

/** Text and bytes have no inside: only a rule on the whole can be in force. */
const comparePlain = (
  path: Path,
  expected: Content,
  actual: Content,
  context: Context,
  read: (content: Content) => string | Uint8Array,
): readonly Mismatch[] => {
  const list = context.rules.at(path)
  const at = {
    kind: 'body',
    path: formatPath(path),
    expected: preview(expected),
    actual: preview(actual),
  } as const
  if (list !== undefined) {
    const byRule = list.rules.some(({ name }) => name === 'contentType')
      ? (c: Content) => c.bytes()
      : (c: Content) => c.text()
    return problemsOf(list, { position: 'text', expected: byRule(expected), actual: byRule(actual) }).map(
      (message) => ({
        ...at,
        message,
      }),
    )
  }
  const [wanted, got] = [read(expected), read(actual)]
  if (typeof wanted !== 'string' && typeof got !== 'string')
    return sameBytes(wanted, got)
      ? []
      : [{ ...at, message: `expected ${wanted.length} bytes but got others (${got.length} bytes)` }]
  const message = equal({ position: 'text', expected: wanted, actual: got, cascaded: false })
  return message === undefined ? [] : [{ ...at, message }]
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])
