/** `body` and `multipart` of a mock's request as bodyPatterns, formParameters and multipartPatterns. */
import { type Fields, isFields } from '../../../core/fields.ts'
import { stringifyJson } from '../../../core/json.ts'
import { type At, CannotSay, isOperators, type Otherwise } from './cannot.ts'
import { operatorsOf, type Pattern, textPattern, valuesPattern } from './conditions.ts'

export interface BodyPatterns {
  readonly bodyPatterns: readonly Pattern[]
  readonly formParameters?: Fields | undefined
}

/** Throws CannotSay. */
export const bodyPatterns = (spec: unknown, at: At, told: Otherwise): BodyPatterns => {
  if (typeof spec === 'string') return { bodyPatterns: [{ equalTo: spec }] }
  if (!isOperators(spec)) return { bodyPatterns: documentPatterns(spec, at, told) }
  const { $form: form, $and: joined, ...others } = spec
  const own: Pattern[] = operatorsOf(others).map(([name, value]) => {
    if (name === '$binaryEqualTo') return { binaryEqualTo: value }
    if (name === '$equalTo' && typeof value === 'object')
      throw new CannotSay('$equalTo with a document', [...at, name])
    return textPattern({ ...optionsIn(others), [name]: value }, at, told)
  })
  const parts = ((joined as readonly unknown[] | undefined) ?? []).map((one, i) =>
    bodyPatterns(one, [...at, '$and', i], told),
  )
  const forms = [
    form === undefined ? undefined : formOf(form, spec, at, told),
    ...parts.map(({ formParameters }) => formParameters),
  ].filter((one) => one !== undefined)
  if (forms.length > 1) throw new CannotSay('several conditions on one form', at)
  return {
    bodyPatterns: [...own, ...parts.flatMap((part) => part.bodyPatterns)],
    ...(forms[0] !== undefined && { formParameters: forms[0] }),
  }
}

const optionsIn = (spec: Fields): Fields =>
  Object.fromEntries(
    Object.entries(spec).filter((pair) => !operatorsOf(spec).some(([name]) => name === pair[0])),
  )

const formOf = (form: unknown, spec: Fields, at: At, told: Otherwise): Fields => {
  if (spec['$byContentType'] !== true)
    told.say('$form: WireMock reads a form only where the content type says so', [...at, '$form'])
  return Object.fromEntries(
    Object.entries(form as Fields).map(([name, one]) => [
      name,
      valuesPattern(one, [...at, '$form', name], told),
    ]),
  )
}

/** A document whose fields must be there: as a whole where it has no operators, else field by field. */
const documentPatterns = (spec: unknown, at: At, told: Otherwise): readonly Pattern[] => {
  if (!hasOperators(spec)) {
    if (hasLists(spec)) told.say('a list in the body may have more items behind those named', at)
    return [{ equalToJson: stringifyJson(spec), ...(isFields(spec) && { ignoreExtraElements: true }) }]
  }
  return fieldPatterns(spec, '$', at, told)
}

const fieldPatterns = (spec: unknown, path: string, at: At, told: Otherwise): readonly Pattern[] => {
  if (isOperators(spec)) {
    told.say('a field is compared as text, so that its type does not count', at)
    return [{ matchesJsonPath: { expression: path, ...textPattern(spec, at, told) } }]
  }
  if (isFields(spec))
    return Object.entries(spec).flatMap(([name, one]) =>
      fieldPatterns(one, `${path}['${name.replace(/['\\]/g, '\\$&')}']`, [...at, name], told),
    )
  if (spec === null) throw new CannotSay('a field that must be null beside operators', at)
  if (Array.isArray(spec) && hasOperators(spec)) throw new CannotSay('operators inside a list', at)
  return [{ matchesJsonPath: { expression: path, equalToJson: stringifyJson(spec) } }]
}

const hasOperators = (spec: unknown): boolean => {
  if (isOperators(spec)) return true
  return typeof spec === 'object' && spec !== null && Object.values(spec).some(hasOperators)
}

const hasLists = (spec: unknown): boolean =>
  typeof spec === 'object' && spec !== null && (Array.isArray(spec) || Object.values(spec).some(hasLists))

/** Throws CannotSay. */
export const multipartPatterns = (spec: Fields, at: At, told: Otherwise): readonly Pattern[] =>
  Object.entries(spec).flatMap(([name, rule]) => {
    if (name !== '$any' && name !== '$all') return [partPattern(rule, [...at, name], told, { name })]
    const matchingType = name === '$all' ? 'ALL' : 'ANY'
    return (rule as readonly unknown[]).map((one, i) =>
      partPattern(one, [...at, name, i], told, { matchingType }),
    )
  })

const partPattern = (
  rule: unknown,
  at: At,
  told: Otherwise,
  { name, matchingType = 'ANY' }: { readonly name?: string; readonly matchingType?: string },
): Pattern => {
  if (isFields(rule) && rule['$absent'] === true) throw new CannotSay('a part that must be absent', at)
  const isPart =
    isFields(rule) && Object.keys(rule).every((key) => ['headers', 'filename', 'body'].includes(key))
  const { headers = {}, filename, body } = isPart ? rule : { body: rule }
  if (filename !== undefined) throw new CannotSay("a condition on a part's file name", [...at, 'filename'])
  const own = Object.fromEntries(
    Object.entries(headers as Fields).map(([key, one]) => [
      key,
      valuesPattern(one, [...at, 'headers', key], told),
    ]),
  )
  const patterns = body === undefined ? { bodyPatterns: [] } : bodyPatterns(body, [...at, 'body'], told)
  if (patterns.formParameters !== undefined) throw new CannotSay('a form inside a part', at)
  // WireMock compares names by the header alone.
  const named = name === undefined ? own : { 'Content-Disposition': { contains: `name="${name}"` }, ...own }
  return {
    matchingType,
    ...(Object.keys(named).length > 0 && { headers: named }),
    ...(patterns.bodyPatterns.length > 0 && { bodyPatterns: patterns.bodyPatterns }),
  }
}
