/** Which names an expression has bound itself, at one place of its syntax tree (ESTree). */

export interface SyntaxNode {
  readonly type: string
  /** In the text that was parsed, in UTF-16 code units. */
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

/** `tool`: ours. `fixed`: ours, and no tool. `local`: the expression's own. */
export type Scope = ReadonlyMap<string, 'tool' | 'fixed' | 'local'>

/** The scope inside a node; the outer one where it opens none. */
export const scopeOf = (node: SyntaxNode, outer: Scope): Scope => {
  const names = boundBy(node)
  return names === undefined ? outer : new Map([...outer, ...names.map((name) => [name, 'local'] as const)])
}

const boundBy = (node: SyntaxNode): readonly string[] | undefined => {
  switch (node.type) {
    case 'ArrowFunctionExpression':
      return parameters(node)
    case 'FunctionExpression':
    case 'FunctionDeclaration':
      return ['arguments', ...namesIn(node['id']), ...parameters(node)]
    case 'BlockStatement':
      return declaredIn(node['body'])
    case 'SwitchStatement':
      return (node['cases'] as readonly SyntaxNode[]).flatMap((one) => declaredIn(one['consequent']))
    case 'ForStatement':
      return declaredIn([node['init']])
    case 'ForInStatement':
    case 'ForOfStatement':
      return declaredIn([node['left']])
    case 'CatchClause':
      return namesIn(node['param'])
    default:
      return undefined
  }
}

const parameters = (node: SyntaxNode): readonly string[] =>
  (node['params'] as readonly unknown[]).flatMap(namesIn)

const declaredIn = (statements: unknown): readonly string[] =>
  (statements as readonly (SyntaxNode | null)[]).flatMap((one) => {
    if (one?.type === 'FunctionDeclaration') return namesIn(one['id'])
    if (one?.type !== 'VariableDeclaration') return []
    return (one['declarations'] as readonly SyntaxNode[]).flatMap(({ id }) => namesIn(id))
  })

/** Names that a pattern binds. */
const namesIn = (pattern: unknown): readonly string[] => {
  if (typeof pattern !== 'object' || pattern === null) return []
  const node = pattern as SyntaxNode
  switch (node.type) {
    case 'Identifier':
      return [node['name'] as string]
    case 'ObjectPattern':
      return (node['properties'] as readonly SyntaxNode[]).flatMap((one) =>
        namesIn(one.type === 'RestElement' ? one : one['value']),
      )
    case 'ArrayPattern':
      return (node['elements'] as readonly unknown[]).flatMap(namesIn)
    case 'AssignmentPattern':
      return namesIn(node['left'])
    case 'RestElement':
      return namesIn(node['argument'])
    default:
      return []
  }
}
