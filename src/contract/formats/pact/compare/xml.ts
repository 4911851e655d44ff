/** XML bodies: `$.root.item['@id']`, `$.root.item['#text']`. A prefix means nothing, its namespace does. */
import { createXmlReader } from '../../../../matchers/xml-reader.ts'
import { shown } from '../json-value.ts'
import type { Mismatch } from '../mismatch.ts'
import { formatPath, type Path, root } from '../path-expression.ts'
import { equal } from '../rules/equality.ts'
import type { Rule } from '../rules/rule.ts'
import { type Context, combined, problemsOf } from './context.ts'
import { rootElement, type XmlElement } from './xml-element.ts'

export const compareXml = (expected: string, actual: string, context: Context): readonly Mismatch[] => {
  const reader = createXmlReader(context.tools)
  const wanted = reader.read(expected)
  const got = reader.read(actual)
  if (!wanted.ok) return [unreadable(expected, actual, `the expected body is ${wanted.problem}`)]
  if (!got.ok) return [unreadable(expected, actual, `the body is ${got.problem}`)]
  const one = rootElement(wanted.value)!
  return compareElements([...root, pathName(one, context)], one, rootElement(got.value)!, context)
}

const unreadable = (expected: string, actual: string, message: string): Mismatch => ({
  kind: 'body',
  path: '$',
  expected,
  actual,
  message,
})

/** Rules name an element by its local name, its prefixed one, or namespace and local name. */
const pathName = ({ namespace, local, qualified }: XmlElement, { rules }: Context): string =>
  [`${namespace}:${local}`, qualified].find((name) => rules.names(name)) ?? local

/** Where no namespace is expected, any will do: what the consumer wrote has none to compare. */
const sameName = (expected: XmlElement, actual: XmlElement): boolean =>
  expected.local === actual.local && (expected.namespace === '' || expected.namespace === actual.namespace)

const mismatch = (path: Path, expected: unknown, actual: unknown, message: string): Mismatch => ({
  kind: 'body',
  path: formatPath(path),
  expected,
  actual,
  message,
})

const compareElements = (
  path: Path,
  expected: XmlElement,
  actual: XmlElement,
  context: Context,
): readonly Mismatch[] => {
  const list = context.rules.at(path)
  const problems =
    list === undefined
      ? sameName(expected, actual)
        ? []
        : [otherName(expected, actual)]
      : combined(list, (rule) => elementProblems(rule, expected, actual, list.cascaded))
  if (problems.length > 0)
    return problems.map((problem) => mismatch(path, expected.qualified, actual.qualified, problem))
  return [
    ...compareAttributes(path, expected, actual, context),
    ...compareChildren(path, expected, actual, context),
    ...compareText(path, expected, actual, context),
  ]
}

const otherName = (expected: XmlElement, actual: XmlElement): string =>
  expected.local === actual.local
    ? `expected <${expected.local}> of the namespace ${shown(expected.namespace)}, not ${shown(actual.namespace)}`
    : `expected <${expected.qualified}> but got <${actual.qualified}>`

/** What rules mean on an element itself; its attributes and texts are asked by themselves. */
const elementProblems = (
  rule: Rule,
  expected: XmlElement,
  actual: XmlElement,
  cascaded: boolean,
): readonly string[] => {
  const count = actual.children.length
  if (rule.name === 'notEmpty')
    return count > 0 || actual.text !== '' ? [] : [`expected <${actual.qualified}> not to be empty`]
  if (rule.min !== undefined || rule.max !== undefined) {
    if (cascaded) return []
    if (rule.min !== undefined && count < rule.min)
      return [`expected at least ${rule.min} elements in <${actual.qualified}> but got ${count}`]
    if (rule.max !== undefined && count > rule.max)
      return [`expected at most ${rule.max} elements in <${actual.qualified}> but got ${count}`]
    return []
  }
  if (rule.name === 'regex' && !cascaded) {
    const problem = rule.check({ position: 'text', expected: expected.local, actual: actual.local, cascaded })
    return problem === undefined ? [] : [problem]
  }
  return sameName(expected, actual) ? [] : [otherName(expected, actual)]
}

const compareAttributes = (
  path: Path,
  expected: XmlElement,
  actual: XmlElement,
  context: Context,
): readonly Mismatch[] => {
  const found: Mismatch[] = []
  for (const [name, value] of expected.attributes) {
    const at = [...path, `@${name}`]
    const got = actual.attributes.get(name)
    if (got === undefined) found.push(mismatch(at, value, null, `the attribute ${name} is missing`))
    else found.push(...compareValue(at, value, got, context))
  }
  if (context.strict)
    for (const [name, value] of actual.attributes)
      if (!expected.attributes.has(name))
        found.push(mismatch([...path, `@${name}`], null, value, `the attribute ${name} is not expected`))
  return found
}

const compareValue = (
  path: Path,
  expected: string,
  actual: string,
  context: Context,
): readonly Mismatch[] => {
  const list = context.rules.at(path)
  const pair = { position: 'text', expected, actual } as const
  const problems = list === undefined ? [equal({ ...pair, cascaded: false })] : problemsOf(list, pair)
  return problems.flatMap((problem) =>
    problem === undefined ? [] : [mismatch(path, expected, actual, problem)],
  )
}

const compareText = (
  path: Path,
  expected: XmlElement,
  actual: XmlElement,
  context: Context,
): readonly Mismatch[] => compareValue([...path, '#text'], expected.text, actual.text, context)

/** Elements of one name are compared with each other, in order; those of different names may stand in any. */
const compareChildren = (
  path: Path,
  expected: XmlElement,
  actual: XmlElement,
  context: Context,
): readonly Mismatch[] => {
  const groups: {
    readonly example: XmlElement
    readonly wanted: XmlElement[]
    readonly got: XmlElement[]
  }[] = []
  for (const child of expected.children) {
    const group = groups.find(
      ({ example }) => example.local === child.local && example.namespace === child.namespace,
    )
    if (group === undefined) groups.push({ example: child, wanted: [child], got: [] })
    else group.wanted.push(child)
  }
  const found: Mismatch[] = []
  for (const child of actual.children) {
    const group = groups.find(({ example }) => sameName(example, child))
    if (group !== undefined) group.got.push(child)
    else if (context.strict || context.rules.hasType([...path, pathName(child, context)]))
      found.push(
        mismatch([...path, child.local], null, child.qualified, `<${child.qualified}> is not expected`),
      )
  }
  for (const { example, wanted, got } of groups)
    found.push(...compareGroup([...path, pathName(example, context)], wanted, got, context))
  return found
}

const compareGroup = (
  path: Path,
  wanted: readonly XmlElement[],
  got: readonly XmlElement[],
  context: Context,
): readonly Mismatch[] => {
  const example = wanted[0]!
  if (got.length > 0 && context.rules.hasType(path))
    return got.flatMap((child) => compareElements(path, example, child, context))
  const found = wanted.flatMap((child, i) =>
    got[i] === undefined
      ? [mismatch(path, child.qualified, null, `<${child.qualified}> is missing`)]
      : compareElements(path, child, got[i], context),
  )
  const more = context.strict ? got.slice(wanted.length) : []
  return [
    ...found,
    ...more.map((child) => mismatch(path, null, child.qualified, `<${child.qualified}> is not expected`)),
  ]
}
