/** Why a call is answered as it is, for people. */
import type { ExplainView } from '../app/explain-view.ts'
import type { Style } from './style.ts'

const versioned = (version: string | undefined): string => (version === undefined ? '' : ` (${version})`)

const heading = (view: ExplainView, style: Style): string => {
  const asked = view.asked === undefined ? '' : `, version ${view.asked}`
  const held = view.versions.length === 0 ? '' : ` -> ${view.versions.join(', ')}`
  return `service ${style.bold(view.service ?? '')} in mode ${view.mode ?? 'mock'}${asked}${held}`
}

const nearestLines = (view: ExplainView, style: Style): string[] =>
  view.nearest.flatMap(({ mock, at, version, failed }) => [
    `  ${style.bold(mock)}${versioned(version)}  ${style.dim(at)}`,
    ...failed.map(({ clause, expected, actual }) => `    ${clause}: expected ${expected}, got ${actual}`),
  ])

export const renderExplain = (view: ExplainView, style: Style): string => {
  const lines = view.service === undefined ? [] : [heading(view, style)]
  const { winner } = view
  if (winner !== undefined) {
    lines.push(
      `${style.green(winner.does === undefined ? 'answered by' : 'taken by')} ${style.bold(winner.name)}${versioned(winner.version)}  ${style.dim(winner.at)}`,
    )
    const { from, extends: base, inPlaceOf } = winner.origin
    if (from !== undefined) lines.push(style.dim(`  from ${from}`))
    if (base !== undefined) lines.push(style.dim(`  extends ${base}`))
    else if (inPlaceOf.length > 0) lines.push(style.dim(`  in place of ${inPlaceOf.join(', ')}`))
    for (const note of winner.notes) lines.push(style.dim(`  ${note}`))
  }
  // In mode mock the line above has said it, unless the mock asks the real service.
  if (winner === undefined || winner.does !== undefined || view.mode !== 'mock') lines.push(view.result)
  else if (view.fault !== undefined) lines.push(`  ${style.yellow("the service's fault:")} ${view.fault}`)
  if (view.shadowed.length > 0) {
    const shadowed = view.shadowed.map(
      ({ name, at, because }) => `  ${name}  ${style.dim(at)}  the winner's ${because}`,
    )
    lines.push('shadowed:', ...shadowed)
  }
  if (view.inOtherStates.length > 0) {
    const others = view.inOtherStates.map(
      ({ name, at, notes }) => `  ${name}  ${style.dim(at)}  ${notes.join('; ')}`,
    )
    lines.push('in another state:', ...others)
  }
  if (view.outOfForce.length > 0) {
    const out = view.outOfForce.map(({ name, at, because }) => `  ${name}  ${style.dim(at)}  ${because}`)
    lines.push('out of force:', ...out)
  }
  if (view.nearest.length > 0) lines.push('nearest mocks:', ...nearestLines(view, style))
  return lines.join('\n')
}
