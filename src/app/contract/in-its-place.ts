/** A call as it must come so that a mock may answer it: asking for its version, in the state of its scenario. */
import { type Call, newTenant } from '../../core/call.ts'
import type { CompiledMock } from '../../mock/compiled.ts'
import type { MockDefinition } from '../../mock/definition.ts'

export const inItsPlace = <C extends Call>(
  call: C,
  { version }: CompiledMock,
  { scenarioName, requiredScenarioState }: MockDefinition,
): C => {
  const tenant = newTenant(call.tenant.id)
  if (scenarioName !== undefined && requiredScenarioState !== undefined)
    tenant.state.moveTo(scenarioName, requiredScenarioState)
  return Object.create(call, {
    service: { value: { ...call.service, version: version ?? call.service.version } },
    tenant: { value: tenant },
  }) as C
}
