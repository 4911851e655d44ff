/** Faults of whole services: those of svc-mock.yaml and those that drills bring. */
import type { Call } from '../core/call.ts'
import type { Strikes } from '../core/fault.ts'
import type { Filter } from '../core/filter.ts'
import type { WantedOperations } from '../core/operations.ts'
import { type FaultTools, strike } from './strike.ts'

const everything: WantedOperations = { all: true, named: new Set(), keyed: true }

export const faultFilter = (tools: FaultTools): Filter => ({
  name: 'fault',
  wants: (service) => service.faults !== undefined,
  operations: ({ faults = [] }) =>
    faults.some(({ fault }) => fault.at !== 'connect') ? everything : undefined,
  handle: (call, next) => {
    const { faults } = call.service
    if (faults === undefined) return next(call)
    let answer = () => next(call)
    for (const { fault, drill } of faults) {
      if (fault.at !== undefined && fault.at !== placeOf(call)) continue
      const inner = answer
      const label = drill === undefined ? 'fault' : `drill ${drill}`
      answer = () => strike(fault, label, call, inner, tools)
    }
    return answer()
  },
})

const placeOf = ({ method }: Call): Strikes => (method === 'CONNECT' ? 'connect' : 'command')
