/** An XML document as Pact's rules walk it: elements with their attributes, their elements in order, and their trimmed text. */
import type { Document, Node } from '@xmldom/xmldom'

export interface XmlElement {
  readonly namespace: string
  readonly local: string
  /** With its prefix, as written. */
  readonly qualified: string
  /** By name; of another namespace by `namespace:local`. Declarations of namespaces are none. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  readonly text: string
}

const elementNode = 1
const textNode = 3
const cdataNode = 4
const declarations = 'http://www.w3.org/2000/xmlns/'

interface NamedNode extends Node {
  readonly namespaceURI: string | null
  readonly localName: string
}

interface ElementNode extends NamedNode {
  readonly attributes: Iterable<NamedNode & { readonly value: string }>
}

export const rootElement = (document: Document): XmlElement | undefined =>
  document.documentElement === null ? undefined : elementOf(document.documentElement)

const elementOf = (element: Node): XmlElement => {
  const node = element as ElementNode
  const children: XmlElement[] = []
  let text = ''
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.nodeType === elementNode) children.push(elementOf(child))
    else if (child.nodeType === textNode || child.nodeType === cdataNode)
      text += (child.nodeValue ?? '').trim()
  }
  const attributes = new Map<string, string>()
  for (const one of node.attributes)
    if (one.namespaceURI !== declarations)
      attributes.set(one.namespaceURI ? `${one.namespaceURI}:${one.localName}` : one.localName, one.value)
  return {
    namespace: node.namespaceURI ?? '',
    local: node.localName,
    qualified: node.nodeName,
    attributes,
    children,
    text,
  }
}
