/** `contract: { exact: [$.total, '$.items[*].sku'] }`: the places whose values count. A list or an object counts whole. */
import { SpecError } from '../../core/matcher.ts'

type Step = string | number | typeof any

const any = Symbol('any')

/** Throws SpecError for a path that cannot be read. */
export const exactPaths = (texts: readonly string[]): ((path: readonly (string | number)[]) => boolean) => {
  const paths = texts.map(stepsOf)
  return (path) =>
    paths.some(
      (steps) =>
        steps.length === path.length &&
        steps.every((step, i) =>
          step === any ? typeof path[i] === 'number' || typeof path[i] === 'string' : step === path[i],
        ),
    )
}

const step = /\.([^.[\]]+)|\[(\d+)\]|\[\*\]|\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/y

const stepsOf = (text: string): readonly Step[] => {
  const steps: Step[] = []
  const from = text.startsWith('$') ? 1 : 0
  const path = from === 0 && !text.startsWith('[') ? `.${text}` : text.slice(from)
  for (let at = 0; at < path.length; ) {
    step.lastIndex = at
    const found = step.exec(path)
    if (found === null)
      throw new SpecError(`${text} is no path`, ['exact'], "write $.total, $.items[*].sku or $['a.b']")
    const [all, name, index, single, double] = found
    const quoted = single ?? double
    if (name !== undefined) steps.push(name === '*' ? any : name)
    else if (index !== undefined) steps.push(Number(index))
    else if (quoted !== undefined) steps.push(quoted.replace(/\\(.)/g, '$1'))
    else steps.push(any)
    at += all.length
  }
  return steps
}
