/** A probe's way, a line for each call that svc-mock saw, and what is to be done about it. */
import type { ProbeResult } from '../app/probe.ts'
import type { Hop } from '../app/running.ts'
import type { Style } from './style.ts'

const line = (hop: Hop, n: number, tenant: string, style: Style): string => {
  const what = `${n + 1}  ${style.bold(hop.service)}  ${hop.operation}`
  if (hop.tagged) return `${what}  ${style.green('with its tag')}`
  const kept = hop.tenant === tenant ? 'known by its trace' : `taken for ${hop.tenant}'s`
  return `${what}  ${style.red('without its tag')}, ${kept}`
}

const verdict = ({ hops, lost }: ProbeResult): string => {
  if (hops.length === 0) return 'svc-mock saw no call: the address is one that it does not read'
  const [first] = lost
  if (first === undefined && hops.length === 1)
    return `svc-mock saw no further call: ${hops[0]!.service} makes none, makes them past svc-mock, or passes neither tag nor trace on`
  if (first === undefined) return 'the tag came through'
  const who = first.within === undefined ? `the caller of ${first.service}` : first.within
  const how =
    first.tenant === hops[0]!.tenant ? 'its trace keeps the call in its lane here' : 'the call left its lane'
  return `the tag was lost at ${who}: let it pass the header on to what it calls; ${how}`
}

export const renderProbe = (result: ProbeResult, style: Style): string =>
  [
    `${result.url} as ${style.bold(result.tenant)}: ${result.status}`,
    ...result.hops.map((hop, n) => line(hop, n, result.tenant, style)),
    verdict(result),
  ].join('\n')
