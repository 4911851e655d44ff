/**
 * What counts of an XML document: names with their namespaces, attributes, and text without insignificant white
 * space. Prefixes, comments and processing instructions do not.
 */
import type { Node } from '@xmldom/xmldom'

export interface XmlElement {
  /** `{namespace}local`. */
  readonly name: string
  /** By `{namespace}local`. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** All text directly inside; runs of white space are one blank. */
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

export const xmlTree = (element: Node): XmlElement => {
  const node = element as ElementNode
  const children: XmlElement[] = []
  let text = ''
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.nodeType === elementNode) children.push(xmlTree(child))
    else if (child.nodeType === textNode || child.nodeType === cdataNode) text += child.nodeValue ?? ''
  }
  const attributes = new Map<string, string>()
  for (const attribute of node.attributes) {
    if (attribute.namespaceURI !== declarations) attributes.set(fullName(attribute), attribute.value)
  }
  return { name: fullName(node), attributes, children, text: text.trim().replace(/\s+/g, ' ') }
}

const fullName = ({ namespaceURI, localName }: NamedNode): string =>
  namespaceURI ? `{${namespaceURI}}${localName}` : localName
