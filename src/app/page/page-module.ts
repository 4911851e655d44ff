/** The text of the module that a page imports: the mocks as one JSON text, expressions as functions, packages only where they are used. */
import { stringifyJson } from '../../core/json.ts'
import type { BuiltPage } from './build-page.ts'

/** Where modules of ours are that the page needs. */
export interface PageModules {
  /** `page` itself, and `packages/<name>`. */
  path(name: string): string
}

/** Names of modules, by the names under which matchers and tools ask for them. */
const packageModules: Readonly<Record<string, string>> = {
  'json-p3': 'packages/json-p3',
  'ajv/dist/2020.js': 'packages/ajv',
  '@xmldom/xmldom': 'packages/xmldom',
  xpath: 'packages/xpath',
}

const toolModules: Readonly<Record<string, { readonly module: string; readonly member?: string }>> = {
  faker: { module: 'packages/faker' },
  jsonpath: { module: 'packages/json-p3' },
  hash: { module: 'packages/hashes', member: 'hash' },
}

/** All of them, for the build. */
export const pagePackages: readonly string[] = [
  ...new Set(
    [...Object.values(packageModules), ...Object.values(toolModules).map(({ module }) => module)].map(
      (name) => name.replace('packages/', ''),
    ),
  ),
]

export const pageModule = (page: BuiltPage, modules: PageModules): string => {
  const imports = new Map<string, string>()
  const imported = (module: string): string => {
    const name = imports.get(module) ?? `module${imports.size}`
    imports.set(module, name)
    return name
  }
  const packages = [...page.packages].map(
    (name) => `${JSON.stringify(name)}: ${imported(packageModules[name]!)}`,
  )
  const tools = Object.entries(toolModules)
    .filter(([tool]) => page.tools.has(tool))
    .map(
      ([tool, { module, member }]) =>
        `${tool}: ${imported(module)}${member === undefined ? '' : `.${member}`}`,
    )
  const programs = [...page.programs].map(([key, { waits, wants, places, expressions }]) =>
    [
      `${JSON.stringify(key)}: {`,
      `waits: ${waits}, wants: ${wants === undefined ? 'undefined' : JSON.stringify(wants)},`,
      `places: ${JSON.stringify(places)},`,
      `expressions: [\n${expressions.join(',\n')}\n] }`,
    ].join(' '),
  )
  const statements = [...imports].map(
    ([module, name]) => `import * as ${name} from ${JSON.stringify(modules.path(module))}`,
  )
  return [
    `import { newPage } from ${JSON.stringify(modules.path('page'))}`,
    ...statements,
    // What was there before keeps the state of its calls, and whoever holds it sees the new mocks.
    'export const workspace = import.meta.hot?.data.workspace ?? newPage()',
    `const programs = {\n${programs.join(',\n')}\n}`,
    `const packages = { ${packages.join(', ')} }`,
    `const tools = { ${tools.join(', ')} }`,
    `workspace.load(${JSON.stringify(stringifyJson(page.data))}, { programs, packages, tools })`,
    'if (import.meta.hot) {',
    '  import.meta.hot.data.workspace = workspace',
    '  import.meta.hot.accept()',
    '}',
    '',
  ].join('\n')
}
