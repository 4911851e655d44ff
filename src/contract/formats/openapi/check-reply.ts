/** One answer of a mock held against an operation: status, headers, content type, body. */
import { parseJson } from '../../../core/json.ts'
import { allValues, firstValue } from '../../../core/metadata.ts'
import type { MockReply } from './check-mock.ts'
import type { FindingSink } from './findings.ts'
import { templateHoles } from './knowledge.ts'
import {
  type Description,
  isJsonType,
  mediaFor,
  type Operation,
  type Response,
  responseFor,
} from './operations.ts'
import { textMismatches, typesOf } from './text-values.ts'

export const checkReply = (
  reply: MockReply,
  operation: Operation,
  description: Description,
  findings: FindingSink,
  isHead: boolean,
): void => {
  const { status, section } = reply
  if (status === undefined) {
    findings.add('notVerifiable', 'template', [...section, 'status'], {
      message: 'only a call tells the status',
    })
    return
  }
  const response = responseFor(operation, status)
  if (response === undefined) {
    unknownStatus(status, reply, operation, findings)
    return
  }
  checkHeaders(reply, response, description, findings)
  if (!isHead) checkBody(reply, status, response, description, findings)
}

const unknownStatus = (
  status: number,
  { section }: MockReply,
  operation: Operation,
  findings: FindingSink,
): void => {
  const known = operation.responses.map((one) => one.status)
  if (known.length === 0) {
    findings.add('notVerifiable', 'undescribed-response', section, {
      message: 'the contract says nothing of answers',
      contract: operation.node,
    })
    return
  }
  findings.add('violation', 'response-status', [...section, 'status'], {
    message: 'the contract has no answer with this status',
    expected: known.join(', '),
    actual: String(status),
    contract: {
      ...operation.node,
      pointer: [...operation.node.pointer, 'responses'],
    },
  })
}

const checkHeaders = (
  { headers, section, templated }: MockReply,
  response: Response,
  { schemas, files }: Description,
  findings: FindingSink,
): void => {
  for (const { name, required, schema, node } of response.headers) {
    const values = allValues(headers, name)
    if (values.length === 0) {
      if (required)
        findings.add('violation', 'missing-header', [...section, 'headers'], {
          message: `the contract requires the header ${name}`,
          contract: node,
        })
      continue
    }
    if (schema === undefined || (templated && values.some((value) => value.includes('${{')))) continue
    const found = textMismatches(
      values,
      { schema, style: 'simple', explode: false },
      schemas,
      files,
      'response',
    )
    for (const mismatch of found ?? [])
      findings.mismatch({ ...mismatch, path: [] }, [...section, 'headers', name])
  }
}

const checkBody = (
  reply: MockReply,
  status: number,
  response: Response,
  { schemas, files }: Description,
  findings: FindingSink,
): void => {
  const { body, headers, section, bodyKey } = reply
  const { content } = response
  const place = [...section, bodyKey]
  if (body === undefined || body.length === 0) {
    const wanted = content.find(({ schema }) => schema !== undefined)
    if (wanted !== undefined && status !== 204 && status !== 304)
      findings.add('violation', 'missing-body', section, {
        message: `the contract has a body of ${wanted.type} here`,
        contract: wanted.node,
      })
    return
  }
  if (content.length === 0) {
    findings.add('notVerifiable', 'undescribed-body', place, {
      message: 'the contract says nothing of a body here',
      contract: response.node,
    })
    return
  }
  const type = firstValue(headers, 'content-type') ?? ''
  const media = mediaFor(content, type)
  if (media === undefined) {
    findings.add('violation', 'content-type', place, {
      message: 'the contract has no such content type here',
      expected: content.map((one) => one.type).join(', '),
      actual: type === '' ? 'none' : type,
      contract: content[0]!.node,
    })
    return
  }
  if (media.schema === undefined) return
  const document = documentOf(reply, isJsonType(type))
  if (document === undefined) {
    // Of a text that stands for an object (XML, say) nothing is known.
    const [only, ...others] = typesOf(media.schema, files)
    if (/^text\//i.test(type) && !reply.templated && only === 'string' && others.length === 0) {
      const text = new TextDecoder().decode(body)
      const variant = { direction: 'response', part: false, holes: false } as const
      for (const mismatch of schemas.mismatches(media.schema, text, variant))
        findings.mismatch(mismatch, place)
      return
    }
    findings.add('notVerifiable', 'media-type', place, { message: `bodies of ${type} are not looked into` })
    return
  }
  if ('problem' in document) {
    findings.add('violation', 'not-json', place, {
      message: `it is ${document.problem}`,
      contract: media.node,
    })
    return
  }
  const { value, holes } = document
  if (holes > 0)
    findings.add('notVerifiable', 'template', place, {
      message: `${holes === 1 ? 'one value is' : `${holes} values are`} an expression, so that only a call can tell`,
    })
  const variant = { direction: 'response', part: false, holes: holes > 0 } as const
  for (const mismatch of schemas.mismatches(media.schema, value, variant))
    findings.mismatch(mismatch, bodyKey === 'body' ? place : [...place])
}

type Document = { readonly value: unknown; readonly holes: number } | { readonly problem: string }

/** undefined: no JSON by its type. A templated text that is no JSON before it is filled is one hole. */
const documentOf = ({ body, templated }: MockReply, isJson: boolean): Document | undefined => {
  if (!isJson) return undefined
  const read = parseJson(new TextDecoder().decode(body))
  if (!read.ok) return templated ? undefined : { problem: read.problem }
  if (!templated) return { value: read.value, holes: 0 }
  const count = { holes: 0 }
  return { value: templateHoles(read.value, count), holes: count.holes }
}
