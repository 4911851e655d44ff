/** Text inside XML 1.0: what a file holds must not end an attribute, nor make the document unreadable. */

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
}

/** Control characters have no place in XML 1.0 (section 2.2), not even escaped. */
export const escapeXml = (text: string): string =>
  text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replaceAll('\r', '')
    .replaceAll(/[&<>"\n\t]/g, (character) => entities[character]!)
