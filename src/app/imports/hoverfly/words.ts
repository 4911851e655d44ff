/** What Hoverfly's templates may name, in JavaScript. */
import { member, type TemplateWords } from '../handlebars/to-expressions.ts'
import { NotPossible } from '../source/things.ts'

export interface Known {
  readonly literals: Readonly<Record<string, unknown>>
}

/** Each request field is a list of values there: `.[0]` is the first. */
export const hoverflyWords = ({ literals }: Known): TemplateWords => ({
  helper: (name, { args, literals: given }) => {
    switch (name) {
      case 'randomUuid':
        return 'uuid()'
      case 'iso8601DateTime':
        return "now().replace(/[.][0-9]+Z$/, 'Z')"
      case 'randomString':
        return `faker.string.alphanumeric(${args[0] ?? 10})`
      case 'randomStringLength':
        return `faker.string.alphanumeric(${args[0] ?? 10})`
      case 'randomInteger':
        return 'Math.floor(random() * 2147483647)'
      case 'randomIntegerRange':
        return `(Math.floor(random() * (${args[1] ?? 1} - ${args[0] ?? 0} + 1)) + ${args[0] ?? 0})`
      case 'randomFloat':
        return 'random()'
      case 'randomBoolean':
        return '(random() < 0.5)'
      case 'randomEmail':
        return 'faker.internet.email()'
      case 'randomIPv4':
        return 'faker.internet.ipv4()'
      case 'randomIPv6':
        return 'faker.internet.ipv6()'
      case 'now':
        if ((given[0] ?? '') === '' && (given[1] ?? '') === '') return "now().replace(/[.][0-9]+Z$/, 'Z')"
        if ((given[0] ?? '') === '' && given[1] === 'unix') return 'Math.floor(Date.parse(now()) / 1000)'
        if ((given[0] ?? '') === '' && given[1] === 'epoch') return 'Date.parse(now())'
        throw new NotPossible('{{now}} with an offset or a format of Go')
      case 'concat':
        return `[${args.join(', ')}].join('')`
      case 'add':
        return `(Number(${args[0]}) + Number(${args[1]}))`
      case 'subtract':
        return `(Number(${args[0]}) - Number(${args[1]}))`
      case 'multiply':
        return `(Number(${args[0]}) * Number(${args[1]}))`
      case 'divide':
        return `(Number(${args[0]}) / Number(${args[1]}))`
      case 'length':
        return `(${args[0]})?.length`
      case 'replace':
        return `String(${args[0]}).replaceAll(String(${args[1]}), ${args[2]})`
      case 'faker':
        throw new NotPossible('{{faker}} of Hoverfly has other names than faker here')
      case 'requestBody':
      case 'Request.Body':
        if (given[0] === 'jsonpath' && typeof given[1] === 'string')
          return `((found) => found.length === 1 ? found[0] : found)(jsonpath(request.body ?? null, ${JSON.stringify(given[1])}))`
        if (args.length === 0) return 'request.body'
        throw new NotPossible(`{{${name} '${String(given[0])}'}}: expressions know jsonpath`)
      default:
        return name.startsWith('Request.')
          ? requestPath(name.slice(8).split(/\.(?=\[)|(?<!\[[^\]]*)\./))
          : undefined
    }
  },
  path: (steps) => {
    if (steps[0] === 'Request') return requestPath(steps.slice(1))
    if (steps[0] === 'Literals' && steps.length === 2) {
      const value = Object.hasOwn(literals, steps[1]!) ? literals[steps[1]!] : undefined
      if (value !== undefined) return `(${JSON.stringify(value)})`
    }
    return undefined
  },
})

const requestPath = (given: readonly string[]): string => {
  const [field, ...raw] = given
  const rest = raw.map((step) => step.replace(/^\[(.*)\]$/, '$1'))
  switch (field) {
    case 'Method':
      return 'request.method'
    case 'Body':
      return 'request.body'
    case 'Path':
      return rest.length === 0 ? 'request.path' : `request.path.split('/').slice(1)${member(rest)}`
    case 'QueryParam':
    case 'Header':
    case 'FormData': {
      const source = field === 'QueryParam' ? 'query' : field === 'Header' ? 'headers' : 'body'
      const [name, index] = rest
      if (name === undefined) throw new NotPossible(`{{Request.${field}}} without a name`)
      const value = `request.${source}${member([field === 'Header' ? name.toLowerCase() : name])}`
      return index === undefined
        ? `[${value} ?? []].flat().join('')`
        : `[${value} ?? []].flat()?.[${Number(index) || 0}]`
    }
    default:
      throw new NotPossible(`{{Request.${field ?? ''}}} has no counterpart`)
  }
}
