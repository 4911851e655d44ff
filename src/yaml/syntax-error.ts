/** The parser's complaints in our own words, with what to do. Traps that people fall into get their own sentence. */
import type { Finding } from './construct.ts'

type Said = readonly [message: string, hint: string]

const sentences: readonly (readonly [RegExp, Said])[] = [
  [/^tab characters/, ['a tab stands in the indentation', 'indent with spaces; YAML allows no tabs there']],
  [/within a flow collection$/, ['a { or [ is never closed', 'close it with } or ]']],
  [/within a double quoted/, ['a " is never closed', 'close the text with "']],
  [
    /within a single quoted/,
    ["a ' is never closed", "close the text with '; inside it, write '' for one quote"],
  ],
  [
    /^unknown escape|hexadecimal/,
    [
      'this backslash sequence means nothing in double quotes',
      "use single quotes, where a backslash is only a backslash: '^\\d+$'",
    ],
  ],
  [
    /^expected ':'|multiline key|^can not read a (block|implicit)/,
    ['a key without its colon', 'write key: value, with a space after the colon'],
  ],
  [
    /^end of the stream or/,
    [
      'this line does not belong to what stands above',
      'use one map (key: value) or one list (- item) throughout',
    ],
  ],
  [
    /^missed comma/,
    ['a comma is missing between two entries', 'separate entries in { } and [ ] with commas'],
  ],
  [/^expected the node content/, ['a value is missing here', 'remove the comma, or write a value']],
  [/maxDepth/, ['the file is nested deeper than 100 levels', 'svc-mock reads no deeper; flatten the value']],
  [
    /^deficient indentation/,
    [
      'a { or [ is not closed, or its lines are indented less than the line it opens on',
      'close it, or indent its lines',
    ],
  ],
  [
    /bad indentation/,
    [
      'the indentation does not fit the lines above',
      'start the keys of one map, or the items of one list, in the same column',
    ],
  ],
]

export const explainSyntaxError = (reason: string, text: string, at: number): Finding => {
  const offset = /^unexpected end of the stream/.test(reason) ? lastCharacter(text) : at
  const trap = /^(missed comma|bad indentation)/.test(reason)
    ? findTrap(text, at, reason.startsWith('missed'))
    : undefined
  if (trap !== undefined) return { message: trap[0], hint: trap[1], offset }
  if (reason.startsWith('the stream contains')) return unprintable(text, at)
  for (const [pattern, [message, hint]] of sentences) {
    if (pattern.test(reason)) return { message, hint, offset }
  }
  return {
    message: `this is no YAML: ${reason}`,
    hint: 'see https://yaml.org/spec/1.2.2/ for the syntax',
    offset,
  }
}

const lastCharacter = (text: string): number => Math.max(0, text.trimEnd().length - 1)

const unprintable = (text: string, at: number): Finding => {
  const code = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return {
    message: `the character U+${code} may not stand in a YAML file`,
    hint: `write it as an escape in double quotes: "\\u${code}"`,
    offset: at,
  }
}

const findTrap = (text: string, at: number, inFlow: boolean): Said | undefined => {
  const line = lineAround(text, at)
  const [before, after] = [text.slice(line.start, at), text.slice(at, line.end)]
  const word = wordAround(before, after)
  if (/[^\s,]\{|\{[^\s:,}]*\}./.test(word)) {
    return ['the { in this text opens a YAML map', `quote the text: '${word.replaceAll("'", "''")}'`]
  }
  const first = after[0] ?? ''
  if ('@`%'.includes(first) && first !== '' && /[:\-[{,]\s*$/.test(before)) {
    return [`an unquoted text cannot begin with ${first}`, `quote the text: '${word}'`]
  }
  if (!inFlow && first === ':' && /^:(\s|$)/.test(after) && /:\s/.test(before)) {
    return [
      'a second ": " in one line',
      'quote the text that holds it, or put the inner map on lines of its own',
    ]
  }
  if (first === ']' || first === '}') {
    return [
      `a ${first} without its opening ${first === ']' ? '[' : '{'}`,
      'remove it, or quote the text that holds it',
    ]
  }
  if (/['"]\s*$/.test(before) && /^[^\s,\]}]/.test(after)) {
    return ['text goes on after the closing quote', "inside '…' write '' for one quote; or use double quotes"]
  }
  return undefined
}

const lineAround = (text: string, at: number): { start: number; end: number } => {
  const end = text.indexOf('\n', at)
  return { start: text.lastIndexOf('\n', at - 1) + 1, end: end === -1 ? text.length : end }
}

/** The unquoted word that holds the place; closing braces that it did not open itself are left out. */
const wordAround = (before: string, after: string): string => {
  const head = /[^\s,['"]*$/.exec(before)![0].replace(/^\{(?=\w+:)/, '')
  const word = head + /^[^\s,\]'"]*/.exec(after)![0]
  let open = 0
  for (let i = 0; i < word.length; i++) {
    if (word[i] === '{') open++
    if (word[i] === '}' && --open < 0) return word.slice(0, i)
  }
  return word
}
