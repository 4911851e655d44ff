/** Types of TypeScript as values, and their text: the same for the same, whatever made them. */

export interface TsField {
  readonly name: string
  readonly type: TsType
  readonly optional?: boolean
  /** Shown above it. */
  readonly doc?: string | undefined
}

export type TsType =
  /** A name or a literal, ready. */
  | { readonly kind: 'word'; readonly text: string }
  /** A generic type and its arguments. */
  | { readonly kind: 'generic'; readonly name: string; readonly of: readonly TsType[] }
  | { readonly kind: 'list'; readonly of: TsType }
  | { readonly kind: 'tuple'; readonly of: readonly TsType[] }
  | { readonly kind: 'union'; readonly of: readonly TsType[] }
  | { readonly kind: 'both'; readonly of: readonly TsType[] }
  /** `rest`: of all other names. */
  | { readonly kind: 'object'; readonly fields: readonly TsField[]; readonly rest?: TsType | undefined }

export const word = (text: string): TsType => ({ kind: 'word', text })
export const literal = (value: string | number | boolean | null): TsType => word(JSON.stringify(value))
export const object = (fields: readonly TsField[], rest?: TsType): TsType => ({
  kind: 'object',
  fields,
  rest,
})
export const list = (of: TsType): TsType => ({ kind: 'list', of })
export const generic = (name: string, ...of: readonly TsType[]): TsType =>
  of.length === 0 ? word(name) : { kind: 'generic', name, of }

export const string = word('string')
export const number = word('number')
export const boolean = word('boolean')
export const json = word('Json')
export const never = word('never')
export const absent = word('undefined')
/** Integers beyond 2^53 come as bigint. */
export const integer: TsType = word('Integer')

/** Without what stands twice; the only one of one. */
export const union = (of: readonly TsType[]): TsType => {
  const flat = of.flatMap((one) => (one.kind === 'union' ? one.of : [one]))
  const seen = new Map(flat.map((one) => [textOf(one), one] as const))
  const members = [...seen.values()].filter((one) => !(one.kind === 'word' && one.text === 'never'))
  if (members.some((one) => one.kind === 'word' && one.text === 'Json')) {
    // Everything else in it is Json, too, but for what may be missing.
    return seen.has('undefined') ? { kind: 'union', of: [json, absent] } : json
  }
  if (members.length === 0) return never
  return members.length === 1 ? members[0]! : { kind: 'union', of: members }
}

export const both = (of: readonly TsType[]): TsType => {
  const seen = new Map(of.map((one) => [textOf(one), one] as const))
  const members = [...seen.values()].filter((one) => !(one.kind === 'word' && one.text === 'Json'))
  if (members.length === 0) return json
  return members.length === 1 ? members[0]! : { kind: 'both', of: members }
}

const isIdentifier = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name)

const nameOf = (name: string): string => (isIdentifier(name) ? name : JSON.stringify(name))

/** The end of a comment inside one would end it. */
export const comment = (text: string, indent: string): string => {
  const lines = text
    .replaceAll('*/', '* /')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (lines.length === 0) return ''
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`
}

export const textOf = (type: TsType, indent = ''): string => {
  switch (type.kind) {
    case 'word':
      return type.text
    case 'generic':
      return `${type.name}<${type.of.map((one) => textOf(one, indent)).join(', ')}>`
    case 'list':
      return `readonly ${grouped(type.of, indent)}[]`
    case 'tuple':
      return `readonly [${type.of.map((one) => textOf(one, indent)).join(', ')}]`
    case 'union':
      return type.of.map((one) => grouped(one, indent, 'both')).join(' | ')
    case 'both':
      return type.of.map((one) => grouped(one, indent)).join(' & ')
    case 'object':
      return objectText(type, indent)
  }
}

const grouped = (type: TsType, indent: string, ...free: readonly TsType['kind'][]): string => {
  const text = textOf(type, indent)
  const bare =
    type.kind === 'word' || type.kind === 'generic' || type.kind === 'object' || free.includes(type.kind)
  return bare && !/^readonly /.test(text) ? text : `(${text})`
}

const objectText = (
  { fields, rest }: { readonly fields: readonly TsField[]; readonly rest?: TsType | undefined },
  indent: string,
): string => {
  if (fields.length === 0 && rest === undefined) return '{}'
  const inner = `${indent}  `
  const lines = fields.map(
    ({ name, type, optional, doc }) =>
      `${comment(doc ?? '', inner)}${inner}readonly ${nameOf(name)}${optional === true ? '?' : ''}: ${textOf(type, inner)}\n`,
  )
  if (rest !== undefined) lines.push(`${inner}readonly [name: string]: ${textOf(rest, inner)}\n`)
  return `{\n${lines.join('')}${indent}}`
}
