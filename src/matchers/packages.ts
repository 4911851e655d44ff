/** The packages that operators may need, by the name under which MatcherTools.load brings them. */
import { type MatcherTools, SpecError } from '../core/matcher.ts'

export interface Packages {
  readonly 'json-p3': typeof import('json-p3')
  readonly 'ajv/dist/2020.js': typeof import('ajv/dist/2020.js')
  readonly '@xmldom/xmldom': typeof import('@xmldom/xmldom')
  readonly xpath: typeof import('xpath')
}

/** All of them, for the build. */
export const packageNames: readonly (keyof Packages)[] = [
  'json-p3',
  'ajv/dist/2020.js',
  '@xmldom/xmldom',
  'xpath',
]

export const loadPackage = <Name extends keyof Packages>(
  { load }: MatcherTools,
  name: Name,
): Packages[Name] => {
  if (load === undefined) throw new SpecError(`this needs the package ${name}, which cannot be loaded here`)
  return load(name) as Packages[Name]
}
