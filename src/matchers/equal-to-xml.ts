/**
 * `$equalToXml`: the same elements, attributes and texts. As in WireMock, siblings of different names may come in
 * any order; those of one name keep theirs. `$enablePlaceholders` lets `${xmlunit.ignore}` stand for any text. With
 * `$ignoreNamespaces` an expected element in no namespace is found in whatever namespace, as WireMock does.
 */
import { type Mismatch, SpecError } from '../core/matcher.ts'
import { shown } from '../core/secrets.ts'
import { inBody, inJson, inText, type ValueOperator } from './operator.ts'
import { atField } from './place.ts'
import { isOn, wrongOperand } from './spec.ts'
import { type XmlElement, xmlTree } from './xml-tree.ts'

export const equalToXml: ValueOperator = {
  name: '$equalToXml',
  kind: 'value',
  options: ['$enablePlaceholders', '$ignoreNamespaces'],
  positions: ['text', 'json', 'body'],
  reads: 'text',
  absent: false,
  check(operand, { xml, option }) {
    if (typeof operand !== 'string') throw wrongOperand('XML as text', operand)
    const expected = xml.read(operand)
    if (!expected.ok) throw new SpecError(expected.problem)
    const compare = difference(
      isOn('$enablePlaceholders', option('$enablePlaceholders')),
      isOn('$ignoreNamespaces', option('$ignoreNamespaces')),
    )
    const tree = xmlTree(expected.value.documentElement!)
    const describe = (): string => `XML ${shown(operand.trim())}`
    const mismatch = (text: unknown): Mismatch | undefined => {
      const actual = xml.read(text as string)
      if (!actual.ok) return { path: '', expected: describe(), actual: actual.problem }
      try {
        return compare(tree, xmlTree(actual.value.documentElement!))
      } catch (error) {
        if (error instanceof RangeError)
          return { path: '', expected: describe(), actual: 'XML nested too deeply' }
        throw error
      }
    }
    return { test: (text) => mismatch(text) === undefined, mismatch, describe }
  },
  samples: {
    match: [
      inText({ $equalToXml: '<a/>' }, '<a></a>'),
      inBody(
        { $equalToXml: '<a x="1" y="2"><b>t</b><c/></a>' },
        '<?xml version="1.0"?>\n<a y="2" x="1">\n <c/> <b> t\n</b>\n</a>',
      ),
      inBody({ $equalToXml: '<p:a xmlns:p="urn:x">1</p:a>' }, '<a xmlns="urn:x"><![CDATA[1]]><!-- c --></a>'),
      inBody(
        { $equalToXml: '<a><id>${xmlunit.ignore}</id></a>', $enablePlaceholders: true },
        '<a><id>7</id></a>',
      ),
      inJson({ $equalToXml: '<a/>' }, '<a />'),
      inBody({ $equalToXml: '<a><b/></a>', $ignoreNamespaces: true }, '<a xmlns="urn:x"><b/></a>'),
    ],
    noMatch: [
      inText({ $equalToXml: '<a/>' }),
      inBody({ $equalToXml: '<a/>' }, '<a xmlns="urn:x"/>'),
      inBody({ $equalToXml: '<a><b>1</b><b>2</b></a>' }, '<a><b>2</b><b>1</b></a>'),
      inBody({ $equalToXml: '<a x="1"/>' }, '<a/>'),
      inBody({ $equalToXml: '<a/>' }, '<a><b/></a>'),
      inBody({ $equalToXml: '<a/>' }, '<!DOCTYPE a [<!ENTITY x "y">]><a/>'),
      inBody({ $equalToXml: '<a/>' }, '<a>'),
      inBody({ $equalToXml: '<a/>' }, ''),
      inBody({ $equalToXml: '<a xmlns="urn:y"/>', $ignoreNamespaces: true }, '<a xmlns="urn:x"/>'),
      inBody({ $equalToXml: '<a>${xmlunit.ignore}</a>' }, '<a>7</a>'),
      inJson({ $equalToXml: '<a/>' }, { a: 1 }),
    ],
    wrong: [
      { position: 'body', spec: { $equalToXml: '<a>' } },
      { position: 'body', spec: { $equalToXml: 'text' } },
      { position: 'body', spec: { $equalToXml: '<!DOCTYPE a><a/>' } },
      { position: 'body', spec: { $equalToXml: { a: 1 } } },
    ],
  },
}

const ignored = '${xmlunit.ignore}'

type Difference = (expected: XmlElement, actual: XmlElement) => Mismatch | undefined

const difference = (placeholders: boolean, ignoreSpaces: boolean): Difference => {
  const named = (expected: string, actual: string): boolean =>
    expected === actual || (ignoreSpaces && !expected.startsWith('{') && expected === localName(actual))

  const same = (expected: string, actual: string | undefined): boolean =>
    expected === actual || (placeholders && expected === ignored && actual !== undefined)

  const inside: Difference = (expected, actual) => {
    if (!named(expected.name, actual.name))
      return differ('', `element ${expected.name}`, `element ${actual.name}`)
    if (!(placeholders && expected.text === ignored) && !same(expected.text, actual.text))
      return differ('', shown(expected.text), shown(actual.text))
    for (const [name, value] of expected.attributes) {
      const other = actual.attributes.get(name)
      // An attribute that is ignored may be missing, as in WireMock, where the namespaces are the same, too.
      const maybe = placeholders && value === ignored && expected.name === actual.name
      if (!maybe && !same(value, other)) return atField(`@${name}`, differ('', shown(value), shown(other)))
    }
    for (const [name, value] of actual.attributes) {
      if (!expected.attributes.has(name)) return atField(`@${name}`, differ('', 'absent', shown(value)))
    }
    return childDifference(expected.children, actual.children, inside, named)
  }
  return (expected, actual) => {
    const found = inside(expected, actual)
    return found && atField(localName(expected.name), found)
  }
}

const childDifference = (
  expected: readonly XmlElement[],
  actual: readonly XmlElement[],
  inside: Difference,
  named: (expected: string, actual: string) => boolean,
): Mismatch | undefined => {
  const waiting = Map.groupBy(actual, ({ name }) => localName(name))
  for (const child of expected) {
    const alike = waiting.get(localName(child.name)) ?? []
    const at = alike.findIndex(({ name }) => named(child.name, name))
    const other = at < 0 ? undefined : alike.splice(at, 1)[0]
    const found = other === undefined ? differ('', 'an element', 'absent') : inside(child, other)
    if (found !== undefined) return atField(localName(child.name), found)
  }
  const left = [...waiting.values()].flat()[0]
  return left && atField(localName(left.name), differ('', 'no such element', 'present'))
}

const differ = (path: string, expected: string, actual: string): Mismatch => ({ path, expected, actual })

const localName = (name: string): string => name.replace(/^\{.*\}/, '')
