/** Colours for a terminal, by node:util; the plain form when NO_COLOR, --no-color, a pipe or a dumb terminal asks for it. */
import { styleText } from 'node:util'

type Paint = (text: string) => string

export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly cyan: Paint
}

const paint =
  (format: Parameters<typeof styleText>[0]): Paint =>
  (text) =>
    styleText(format, text, { validateStream: false })

const asIs: Paint = (text) => text

export const plainStyle: Style = {
  bold: asIs,
  dim: asIs,
  red: asIs,
  green: asIs,
  yellow: asIs,
  cyan: asIs,
}

export const colorStyle: Style = {
  bold: paint('bold'),
  dim: paint('dim'),
  red: paint('red'),
  green: paint('green'),
  yellow: paint('yellow'),
  cyan: paint('cyan'),
}

export interface ColorWish {
  readonly isTerminal: boolean
  readonly noColorFlag: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** NO_COLOR (https://no-color.org) counts when it is not empty; FORCE_COLOR as Node itself reads it. */
export const wantsColor = ({ isTerminal, noColorFlag, env }: ColorWish): boolean => {
  if (noColorFlag || env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return isTerminal && env['TERM'] !== 'dumb'
}
