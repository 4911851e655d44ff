/** Faults of whole services: those of svc-mock.yaml and those that drills bring. */
import type { Filter } from '../core/filter.ts'
import { type FaultTools, strike } from './strike.ts'

export const faultFilter = (tools: FaultTools): Filter => ({
  name: 'fault',
  wants: (service) => service.faults !== undefined,
  handle: (call, next) => {
    const { faults } = call.service
    if (faults === undefined) return next(call)
    let answer = () => next(call)
    for (const { fault, drill } of faults) {
      const inner = answer
      const label = drill === undefined ? 'fault' : `drill ${drill}`
      answer = () => strike(fault, label, call, inner, tools)
    }
    return answer()
  },
})
