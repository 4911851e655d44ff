/** The last look: whether a real value of this run still stands in an exchange, in any form. */
import type { Exchange } from './exchange.ts'
import { readableTexts } from './layers/readable.ts'
import type { Session } from './session.ts'

/** A real value that is still there, in any form, and where; one that is sure before others. */
export const remaining = (
  exchange: Exchange,
  session: Session,
  from: number,
): { readonly path: string; readonly type: string; readonly sure: boolean } | undefined => {
  if (session.values.count === from) return undefined
  let left: ReturnType<typeof remaining>
  for (const [path, text] of textsOf(exchange)) {
    const found = session.values.remains(text, from, (real) => !session.isAmbiguous(real))
    if (found === undefined) continue
    left = { path, type: found.real.detector.type, sure: found.sure }
    if (found.sure) return left
  }
  return left
}

function* textsOf(exchange: Exchange): Generator<readonly [path: string, text: string]> {
  yield ['operation', exchange.operation]
  for (const side of ['request', 'reply'] as const) {
    const { target, headers, trailers = [], bodies } = exchange[side]
    if (target !== undefined) yield [`${side}.path`, target]
    for (const pairs of [headers, trailers]) if (pairs.length > 0) yield [`${side}.header`, pairs.join('\n')]
    for (const body of bodies) {
      if (body.kind === 'fields') for (const text of leavesOf(body.value)) yield [`${side}.body`, text]
      else for (const text of readableTexts(body.bytes)) yield [`${side}.body`, text]
    }
  }
}

function* leavesOf(value: unknown): Generator<string> {
  const left: unknown[] = [value]
  while (left.length > 0) {
    const one = left.pop()
    if (typeof one === 'string') yield one
    else if (typeof one === 'number' || typeof one === 'bigint') yield String(one)
    else if (one instanceof Uint8Array) yield* readableTexts(one)
    else if (typeof one === 'object' && one !== null) left.push(...Object.keys(one), ...Object.values(one))
  }
}
