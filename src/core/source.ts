/** Where something stands in a user's file. `line` and `column` count from 1, in UTF-16 code units as editors do. */
export interface SourceLocation {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** `mocks/orders.yaml:12:5`, the form that terminals and editors make clickable. */
export const formatLocation = (at: SourceLocation): string => `${at.file}:${at.line}:${at.column}`
