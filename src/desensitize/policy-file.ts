/** `desensitize.yaml`: its one schema, and what it says. Mistakes come with place and hint; a broken file is never half in force. */
import { z } from 'zod'
import type { Problem } from '../core/problem.ts'
import { parseDocument, type YamlDocument } from '../yaml/document.ts'
import { nearest } from '../yaml/nearest.ts'
import type { Path } from '../yaml/tree.ts'
import { shapeProblems } from '../yaml/zod-problems.ts'
import { parseCallPattern } from './call-pattern.ts'
import {
  type CallRules,
  defaultPolicy,
  type FieldAction,
  type FieldRule,
  maskableTypes,
  type Policy,
  type Side,
} from './policy.ts'

const exceptionSchema = z.strictObject({
  file: z.string().describe('Path below the workspace, with * and **'),
  type: z.string().describe('What may stand there: cn-mobile, token, unreadable …'),
  reason: z.string().min(5).describe('Why it may'),
  owner: z.string().min(2).describe('Who answers for it'),
  expires: z.string().describe('The last day on which it holds: 2027-01-31'),
})

const fieldsSchema = z.record(
  z.string(),
  z.union([z.enum(['keep', 'drop']), z.strictObject({ mask: z.string() })]),
)

export const desensitizeSchema = z
  .strictObject({
    $schema: z.string().describe('The JSON Schema of this file, for editors').optional(),
    fields: fieldsSchema
      .describe(
        'What becomes of fields, by path: keep, drop, or { mask: <type> }; the last line that fits wins',
      )
      .optional(),
    calls: z
      .record(z.string(), fieldsSchema)
      .describe("The same for some calls only, as 'orders GET /orders/{id}'; these lines go before fields")
      .optional(),
    unknown: z
      .enum(['mask', 'keep'])
      .describe('Free text and opaque strings of other fields. Default: mask')
      .optional(),
    testAccounts: z
      .array(z.union([z.string(), z.number()]))
      .describe('Made-up people and secrets that may stay as they are')
      .optional(),
    exceptions: z.array(exceptionSchema).describe('What svc-mock scan lets pass, for a time').optional(),
  })
  .describe("svc-mock's rules for masking recorded data, and for svc-mock scan")

type PolicyFile = z.infer<typeof desensitizeSchema>

export interface ScanException {
  readonly file: string
  readonly type: string
  readonly reason: string
  readonly owner: string
  /** `2027-01-31`, that day included. */
  readonly expires: string
  /** Of the entry, in the policy file. */
  readonly line: number
}

export interface LoadedPolicy {
  readonly policy: Policy
  readonly exceptions: readonly ScanException[]
  /** With any, the policy is the default one. */
  readonly problems: readonly Problem[]
}

const code = 'POLICY_INVALID'
/** Besides the types of detectors: what has no detector. */
const otherTypes = ['picture', 'unreadable', 'file-name']

export const noPolicy: LoadedPolicy = { policy: defaultPolicy, exceptions: [], problems: [] }

export const parsePolicy = (text: string, file: string): LoadedPolicy => {
  const document = parseDocument(text, file, code)
  const value = (document.value ?? {}) as PolicyFile
  const problems = [...document.problems]
  if (problems.length === 0)
    problems.push(...shapeProblems({ schema: desensitizeSchema, value, document, code }))
  if (problems.length > 0) return { ...noPolicy, problems }
  const rules = (fields: PolicyFile['fields'], ...place: Path): FieldRule[] =>
    Object.entries(fields ?? {}).flatMap(([path, action]) =>
      ruleOf(path, action, [...place, path], document, problems),
    )
  const fields = rules(value.fields, 'fields')
  const calls = Object.entries(value.calls ?? {}).flatMap(([text, lines]): CallRules[] => {
    const pattern = parseCallPattern(text)
    if (typeof pattern !== 'string') return [{ calls: pattern, fields: rules(lines, 'calls', text) }]
    const hint = "write them as 'orders GET /orders/{id}', each part optional"
    problems.push(problemAt(document, ['calls', text], `${JSON.stringify(text)}: ${pattern}`, hint, true))
    return []
  })
  const exceptions = (value.exceptions ?? []).map((exception, at): ScanException => {
    if (!maskableTypes.has(exception.type) && !otherTypes.includes(exception.type))
      problems.push(unknownType(document, ['exceptions', at, 'type'], exception.type))
    if (!/^\d{4}-\d{2}-\d{2}$/.test(exception.expires) || Number.isNaN(Date.parse(exception.expires)))
      problems.push(
        problemAt(
          document,
          ['exceptions', at, 'expires'],
          `${JSON.stringify(exception.expires)} is no day`,
          "write it as '2027-01-31'",
        ),
      )
    return { ...exception, line: document.locate(['exceptions', at]).at.line }
  })
  if (problems.length > 0) return { ...noPolicy, problems }
  const accounts = (value.testAccounts ?? []).map(String)
  return {
    policy: { fields, calls, unknown: value.unknown ?? 'mask', testAccounts: accounts },
    exceptions,
    problems,
  }
}

const ruleOf = (
  written: string,
  action: 'keep' | 'drop' | { readonly mask: string },
  place: Path,
  document: YamlDocument,
  problems: Problem[],
): FieldRule[] => {
  const [, side, path] = /^(?:(request|reply)\.)?(.*)$/s.exec(written) as unknown as [string, Side?, string?]
  if (!/^(?:body|header|trailer|query|path|\*\*)(?=$|[.[])/.test(path!)) {
    const hint = `paths begin with body, header, query or **: did you mean '**.${path!.replace(/^[$.]+/, '')}'?`
    problems.push(problemAt(document, place, `${JSON.stringify(written)} is no path of a field`, hint, true))
    return []
  }
  const rule = (what: FieldAction): FieldRule[] => [{ path: path!, side, action: what }]
  if (typeof action === 'string') return rule({ do: action })
  const detector = maskableTypes.get(action.mask)
  if (detector !== undefined) return rule({ do: 'mask', detector })
  problems.push(unknownType(document, [...place, 'mask'], action.mask))
  return []
}

const unknownType = (document: YamlDocument, path: Path, type: string): Problem => {
  const near = nearest(type, [...maskableTypes.keys(), ...otherTypes])
  const hint = near === undefined ? `types: ${[...maskableTypes.keys()].join(', ')}` : `did you mean ${near}?`
  return problemAt(document, path, `there is no type ${type}`, hint)
}

const problemAt = (
  document: YamlDocument,
  path: Path,
  message: string,
  hint: string,
  onKey = false,
): Problem => ({
  severity: 'error',
  code,
  ...document.locate(path, onKey),
  message,
  hint,
})
