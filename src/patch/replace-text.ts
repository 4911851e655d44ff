/** `$replace`: texts, or what regular expressions find, replaced in a body that need not be JSON. */
import { RegexTimeout, SpecError } from '../core/matcher.ts'
import { type DocumentPatch, PatchFailure } from '../core/patch.ts'
import type { ResponderTools } from '../core/responder.ts'

export type Replacer = ResponderTools['replacer']

type Step = (text: string) => string

const keys: readonly string[] = ['find', 'regex', 'with', 'optional']

/** Throws SpecError. The list is applied in order, each to what the one before has made. */
export const replaceText = (spec: unknown, replacer: Replacer): DocumentPatch => {
  const list = Array.isArray(spec) ? spec : [spec]
  const steps = list.map((one: unknown, i) => compileStep(one, Array.isArray(spec) ? [i] : [], replacer))
  return {
    of: 'text',
    apply: (text) => steps.reduce((changed, step) => step(changed), text),
    describe: () => (steps.length === 1 ? '1 replacement' : `${steps.length} replacements`),
  }
}

const compileStep = (one: unknown, path: readonly (string | number)[], replacer: Replacer): Step => {
  if (typeof one !== 'object' || one === null || Array.isArray(one))
    throw new SpecError(
      'a replacement is an object',
      path,
      'as { find: a, with: b } or { regex: a+, with: b }',
    )
  const spec = one as Readonly<Record<string, unknown>>
  for (const key of Object.keys(spec)) {
    if (!keys.includes(key))
      throw new SpecError(`unknown key "${key}"`, [...path, key], `known here: ${keys.join(', ')}`, true)
  }
  const optional = spec['optional'] ?? false
  if (typeof optional !== 'boolean')
    throw new SpecError('optional must be true or false', [...path, 'optional'])
  const key = 'find' in spec ? 'find' : 'regex'
  if ('find' in spec && 'regex' in spec)
    throw new SpecError('find and regex exclude each other', [...path, 'regex'], 'keep one of them', true)
  const wanted = text(spec, key, path)
  const replacement = text(spec, 'with', path)
  if (wanted === '') throw new SpecError(`${key} must not be empty`, [...path, key])
  const work = key === 'find' ? literal(wanted, replacement) : expression(wanted, replacement, path, replacer)
  // Numbers of the list are counted from 1, for people.
  const label = `$replace ${Number(path[0] ?? 0) + 1}, ${key} ${JSON.stringify(wanted)}`
  return (source) => {
    const changed = attempt(() => work(source), label)
    if (changed === undefined && !optional) throw new PatchFailure(`${label}: it is not in the body`)
    return changed ?? source
  }
}

const text = (
  spec: Readonly<Record<string, unknown>>,
  key: string,
  path: readonly (string | number)[],
): string => {
  const value = spec[key]
  if (value === undefined)
    throw new SpecError(key === 'with' ? 'with is missing' : 'find or regex is missing', path)
  if (typeof value !== 'string')
    throw new SpecError(`${key} must be text`, [...path, key], 'quote it in YAML')
  return value
}

const literal =
  (wanted: string, replacement: string) =>
  (source: string): string | undefined =>
    source.includes(wanted) ? source.replaceAll(wanted, () => replacement) : undefined

const expression = (
  source: string,
  replacement: string,
  path: readonly (string | number)[],
  replacer: Replacer,
): ((text: string) => string | undefined) => {
  try {
    return replacer(source, replacement)
  } catch (error) {
    if (error instanceof SpecError) throw new SpecError(error.message, [...path, 'regex'], error.hint)
    throw error
  }
}

const attempt = <T>(work: () => T, label: string): T => {
  try {
    return work()
  } catch (error) {
    if (error instanceof RegexTimeout) throw new PatchFailure(`${label}: ${error.message}`)
    throw error
  }
}
