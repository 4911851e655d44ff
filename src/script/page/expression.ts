/**
 * An expression of a mock file as a plain function for a page. There is no cage around it there, so what it may name is
 * settled here, on its syntax tree: `request`, the tools and the language itself, but nothing of the page, and none of the
 * names by which a function could be made of text.
 */
import { keyCheck, refusedKeys } from './keys.ts'
import { type Scope, type SyntaxNode, scopeOf } from './scope.ts'

/** Vite's `parseSync`: gives an ESTree module. */
export type ParseModule = (
  name: string,
  text: string,
  options: {
    readonly sourceType: 'module'
    readonly lang: 'js'
    readonly preserveParens: true
    readonly showSemanticErrors: true
  },
) => { readonly program: unknown; readonly errors: readonly { readonly message: string }[] }

export interface PageExpression {
  /** Of a function: `(request, tools) => value`. */
  readonly code: string
  readonly tools: ReadonlySet<string>
}

export type CompiledExpression =
  | { readonly ok: true; readonly expression: PageExpression }
  | { readonly ok: false; readonly problem: string; readonly hint?: string }

export const toolNames: readonly string[] = [
  'now',
  'uuid',
  'random',
  'faker',
  'state',
  'jsonpath',
  'hash',
  'base64',
  'sleep',
  'log',
  // Not the page's: ours writes the digits of a bigint, as the one in an isolate does.
  'JSON',
]

/** Of the language, what has no way to the page. */
const language: ReadonlySet<string> = new Set(
  `Array BigInt Boolean Date Error Infinity Intl Iterator Map Math NaN Number Object Promise RangeError RegExp Set String
  Symbol SyntaxError TypeError URIError Uint8Array Int32Array Float64Array decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape unescape isFinite isNaN parseFloat parseInt undefined`.split(/\s+/),
)

const before = 'async () => (\n'
const after = '\n)'

/** Whether `source` is one whole expression; the reason if it is not. */
export const expressionProblem = (source: string, parse: ParseModule): string | undefined => {
  const read = readExpression(source, parse)
  return typeof read === 'string' ? read : undefined
}

/** `waits`: it may use `await`, because its function is asynchronous. */
export const compileExpression = (source: string, parse: ParseModule, waits: boolean): CompiledExpression => {
  const read = readExpression(source, parse)
  if (typeof read === 'string') return { ok: false, problem: read }
  try {
    const look = new Look()
    look.at(read, new Map([['request', 'fixed'], ...toolNames.map((name) => [name, 'tool'] as const)]))
    const tools = [...look.tools].sort()
    return {
      ok: true,
      expression: {
        code: `${waits ? 'async ' : ''}(request, { ${[keyCheck, ...tools].join(', ')} }) => (\n${look.edited(source, before.length)}${after}`,
        tools: look.tools,
      },
    }
  } catch (error) {
    if (error instanceof Refused)
      return { ok: false, problem: error.message, ...(error.hint !== undefined && { hint: error.hint }) }
    throw error
  }
}

/** Its tree, or why it is none. */
const readExpression = (source: string, parse: ParseModule): SyntaxNode | string => {
  const text = before + source + after
  const { program, errors } = parse('expression.js', text, {
    sourceType: 'module',
    lang: 'js',
    preserveParens: true,
    showSemanticErrors: true,
  })
  if (errors.length > 0) return `SyntaxError: ${errors[0]!.message.split('\n')[0]}`
  const { body } = program as { readonly body: readonly SyntaxNode[] }
  const [only] = body
  const arrow = only?.['expression'] as SyntaxNode | undefined
  const parenthesized = arrow?.['body'] as SyntaxNode | undefined
  // What closes our parenthesis and opens another one is valid text, and no expression.
  const whole =
    body.length === 1 &&
    arrow?.type === 'ArrowFunctionExpression' &&
    parenthesized?.type === 'ParenthesizedExpression' &&
    parenthesized.end === text.length &&
    parenthesized.start === before.indexOf('(\n')
  return whole ? (parenthesized['expression'] as SyntaxNode) : 'it is more than one expression'
}

class Refused extends Error {
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/** Child nodes that are looked at like any others. */
const plain: ReadonlySet<string> = new Set(
  `ArrayExpression AwaitExpression BinaryExpression BlockStatement BreakStatement CallExpression ChainExpression
  ConditionalExpression ContinueStatement DoWhileStatement EmptyStatement ExpressionStatement ForInStatement ForOfStatement
  ForStatement IfStatement Literal LogicalExpression NewExpression ObjectExpression ParenthesizedExpression ReturnStatement
  SequenceExpression SpreadElement SwitchCase SwitchStatement TaggedTemplateExpression TemplateElement TemplateLiteral
  ThisExpression ThrowStatement TryStatement UnaryExpression VariableDeclarator WhileStatement YieldExpression CatchClause
  ArrayPattern ObjectPattern RestElement AssignmentPattern ArrowFunctionExpression FunctionExpression FunctionDeclaration`.split(
    /\s+/,
  ),
)

class Look {
  readonly tools = new Set<string>()
  readonly #keys: SyntaxNode[] = []

  /** With computed keys checked. `offset`: where the source begins in the text that was parsed. */
  edited(source: string, offset: number): string {
    const cuts = this.#keys
      .flatMap(({ start, end }) => [
        { at: start - offset, text: `${keyCheck}(` },
        { at: end - offset, text: ')' },
      ])
      .sort((a, b) => b.at - a.at)
    let text = source
    for (const cut of cuts) text = text.slice(0, cut.at) + cut.text + text.slice(cut.at)
    return text
  }

  at(node: SyntaxNode, outer: Scope): void {
    const { type } = node
    const scope = scopeOf(node, outer)
    if (scope.has(keyCheck)) throw new Refused(`${keyCheck} cannot be a name here`)
    if (type === 'Identifier') this.#name(node, scope)
    else if (type === 'MemberExpression') this.#member(node, scope)
    else if (type === 'Property') this.#property(node, scope)
    else if (type === 'AssignmentExpression' || type === 'UpdateExpression') this.#assignment(node, scope)
    else if (type === 'LabeledStatement') this.at(node['body'] as SyntaxNode, scope)
    else if (type === 'VariableDeclaration') {
      if (node['kind'] !== 'let' && node['kind'] !== 'const')
        throw new Refused('var is not for pages', 'write let')
      this.#children(node, scope)
    } else if (plain.has(type)) this.#children(node, scope)
    else
      throw new Refused(
        `${words[type] ?? type} cannot be used in a page`,
        'leave this mock to svc-mock start',
      )
  }

  #children(node: SyntaxNode, scope: Scope): void {
    for (const [key, child] of Object.entries(node)) {
      // Labels are no values, and declared names have been taken.
      if (key === 'label' || (key === 'id' && node.type.startsWith('Function'))) continue
      for (const one of Array.isArray(child) ? child : [child]) if (isNode(one)) this.at(one, scope)
    }
  }

  #name(node: SyntaxNode, scope: Scope): void {
    const name = node['name'] as string
    const bound = scope.get(name)
    if (bound === 'tool') this.tools.add(name)
    if (bound !== undefined || language.has(name)) return
    throw new Refused(
      `${name} is not there for expressions`,
      `what is: request, ${toolNames.slice(0, -1).join(', ')}, and the language's own`,
    )
  }

  #member(node: SyntaxNode, scope: Scope): void {
    this.at(node['object'] as SyntaxNode, scope)
    this.#key(node['property'] as SyntaxNode, node['computed'] === true, scope)
  }

  #property(node: SyntaxNode, scope: Scope): void {
    // The same text makes a field and, where it is assigned to, takes one out of any object.
    this.#key(node['key'] as SyntaxNode, node['computed'] === true, scope)
    this.at(node['value'] as SyntaxNode, scope)
  }

  #key(key: SyntaxNode, computed: boolean, scope: Scope): void {
    if (!computed || key.type === 'Literal') {
      refuseKey(String(computed || key.type === 'Literal' ? key['value'] : key['name']))
      return
    }
    this.#keys.push(key)
    this.at(key, scope)
  }

  #assignment(node: SyntaxNode, scope: Scope): void {
    const target = (node['left'] ?? node['argument']) as SyntaxNode
    if (target.type === 'Identifier' && scope.get(target['name'] as string) !== 'local')
      throw new Refused(`${String(target['name'])} cannot be assigned to`)
    this.#children(node, scope)
  }
}

const refuseKey = (name: string): void => {
  if (refusedKeys.has(name))
    throw new Refused(`${name} cannot be used in a page`, 'leave this mock to svc-mock start')
}

const words: Readonly<Record<string, string>> = {
  ClassExpression: 'a class',
  ClassDeclaration: 'a class',
  ImportExpression: 'import()',
  MetaProperty: 'import.meta',
  Super: 'super',
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value
