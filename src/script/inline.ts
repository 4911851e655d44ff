/** Where the lines of a script that stands in a mock file are in that file: exact for block text (`script: |`), else its beginning. */
import { readFileSync } from 'node:fs'
import { codeFrame } from '../yaml/code-frame.ts'
import type { Place } from './compiler.ts'

export interface InlineText {
  place(line: number, column: number): Place
}

export const inlineText = (file: string, start: Place, source: string): InlineText => {
  const lines = source.split('\n')
  return {
    place: (line, column) => {
      const text = readFileSync(file, 'utf8')
      const there = text.split(/\r?\n/)
      for (const number of [start.at.line + line, start.at.line + line - 1]) {
        const wanted = lines[line - 1] ?? ''
        const indent = there[number - 1]?.indexOf(wanted) ?? -1
        if (wanted.trim() === '' || indent < 0) continue
        return {
          at: { file: start.at.file, line: number, column: column + indent },
          frame: codeFrame(text, number, column + indent),
        }
      }
      return start
    },
  }
}
