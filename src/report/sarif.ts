/** SARIF 2.1.0 (OASIS): what a check found, as code hosts read it. */
import type { SourceLocation } from '../core/source.ts'

export interface SarifRule {
  readonly id: string
  readonly title: string
}

export interface SarifResult {
  readonly rule: SarifRule
  readonly level: 'error' | 'warning' | 'note'
  readonly text: string
  readonly at: SourceLocation
  /** Whatever else is known of it. */
  readonly properties?: Readonly<Record<string, string>>
  /** Other places that belong to it, with what they are. */
  readonly related?: readonly { readonly at: SourceLocation; readonly text: string }[]
}

/** `tool`: `svc-mock scan`. Files are relative to the root of the repository, or to the workspace. */
export const sarifText = (tool: string, version: string, results: readonly SarifResult[]): string => {
  const rules = [
    ...new Map(
      results.map(({ rule: { id, title } }) => [id, { id, shortDescription: { text: title } }]),
    ).values(),
  ]
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: tool, version, rules } }, results: results.map(sarifResult) }],
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

const sarifResult = ({ rule, level, text, at, properties, related = [] }: SarifResult) => ({
  ruleId: rule.id,
  level,
  message: { text },
  locations: [{ physicalLocation: physical(at) }],
  ...(properties !== undefined && { properties }),
  ...(related.length > 0 && {
    relatedLocations: related.map((one, id) => ({
      id,
      message: { text: one.text },
      physicalLocation: physical(one.at),
    })),
  }),
})

const physical = ({ file, line, column }: SourceLocation) => ({
  artifactLocation: { uri: encodeURI(file) },
  region: { startLine: line, startColumn: column },
})
