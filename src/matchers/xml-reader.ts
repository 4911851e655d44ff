/** Reads XML for the operators on it. A DTD is refused: entities could be made to grow, or to read files. */
import type { Document } from '@xmldom/xmldom'
import type { Decoded } from '../core/body.ts'
import type { MatcherTools } from '../core/matcher.ts'
import { loadPackage } from './packages.ts'

export type Unspaced = 'default' | 'all'

export interface XmlReader {
  /** `unspaced`: elements are in no namespace, those without a prefix or all. The last text read is kept, since several mocks look at one body. */
  read(text: string, unspaced?: Unspaced): Decoded<Document>
}

export const createXmlReader = (tools: MatcherTools): XmlReader => {
  let last:
    | { readonly text: string; readonly unspaced: Unspaced | undefined; readonly result: Decoded<Document> }
    | undefined
  return {
    read: (text, unspaced) => {
      if (last?.text !== text || last.unspaced !== unspaced) {
        const result = parse(text, tools)
        if (unspaced !== undefined && result.ok) leaveSpaces(result.value, unspaced)
        last = { text, unspaced, result }
      }
      return last.result
    },
  }
}

const leaveSpaces = (document: Document, which: Unspaced): void => {
  for (const element of document.getElementsByTagName('*'))
    if (which === 'all' || element.prefix === null || element.prefix === '')
      Object.assign(element, { namespaceURI: null })
}

const parse = (text: string, tools: MatcherTools): Decoded<Document> => {
  const { DOMParser } = loadPackage(tools, '@xmldom/xmldom')
  if (!/^\s*<|^\ufeff/.test(text)) return { ok: false, problem: 'not XML: it does not begin with <' }
  if (text.includes('<!DOCTYPE')) return { ok: false, problem: 'XML with a DTD is refused' }
  try {
    let problem: string | undefined
    const onError = (level: string): void => {
      if (level !== 'warning') problem = 'not well-formed XML'
    }
    const document = new DOMParser({ onError, locator: false }).parseFromString(text, 'text/xml')
    if (problem === undefined && document.documentElement !== null) return { ok: true, value: document }
    return { ok: false, problem: problem ?? 'not XML: it has no element' }
  } catch {
    // The parser's message may quote the document.
    return { ok: false, problem: 'not well-formed XML' }
  }
}
