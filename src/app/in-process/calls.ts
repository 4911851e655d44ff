/** Calls as tests ask about them. */

import { fits } from './fits.ts'
import type { Calls, SeenCall, WantedCall } from './public.ts'

export class CallList extends Array<SeenCall> implements Calls {
  /** What `map` and `filter` make are plain lists. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  get times(): number {
    return this.length
  }

  get unmatched(): CallList {
    return listOf(this.filter(({ outcome }) => outcome === 'miss'))
  }

  to(service: string): CallList {
    return listOf(this.filter((call) => call.service === service))
  }

  where(wanted: WantedCall): CallList {
    const lower = {
      ...wanted,
      ...(wanted.headers !== undefined && {
        headers: Object.fromEntries(
          Object.entries(wanted.headers).map(([name, value]) => [name.toLowerCase(), value]),
        ),
      }),
    }
    return listOf(this.filter((call) => fits(call, lower)))
  }

  calledWith(wanted: WantedCall): boolean {
    return this.where(wanted).length > 0
  }
}

export const listOf = (calls: readonly SeenCall[]): CallList => {
  const list = new CallList()
  for (const call of calls) list.push(call)
  return list
}
