/** `/scenarios`: states of the tenant that is named, or of the process's own. */
import type { ScenarioView } from '../../../app/running.ts'
import { initialState } from '../../../core/tenant-state.ts'
import { type AdminCall, AdminError, type AdminRoute, objectOf, ok } from '../answer.ts'

const all = ({ running, tenant }: AdminCall): readonly ScenarioView[] => running.runTime.scenarios(tenant)

const setState = (call: AdminCall): void => {
  const name = call.params['name'] ?? ''
  const scenario = all(call).find((one) => one.name === name)
  if (scenario === undefined) throw new AdminError(404, `Scenario ${name} does not exist`, [], 404)
  const state = call.body.trim() === '' ? undefined : objectOf(call.body)['state']
  const wanted = state ?? initialState
  if (typeof wanted !== 'string' || !scenario.possibleStates.includes(wanted))
    throw new AdminError(422, `Scenario ${name} does not support state ${String(wanted)}`, [], 422)
  call.running.runTime.moveScenario(call.tenant, name, wanted)
}

export const scenarios: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/scenarios',
    operation: 'listScenarios',
    answer: (call) =>
      ok({
        scenarios: all(call).map(({ name, state, possibleStates }) => ({
          id: name,
          name,
          state,
          possibleStates,
          mappings: call.stubs
            .list(call)
            .filter(({ json }) => json['scenarioName'] === name)
            .map(({ json }) => json),
        })),
      }),
  },
  {
    method: 'POST',
    path: '/scenarios/reset',
    operation: 'resetScenarios',
    answer: ({ running, tenant }) => {
      running.runTime.resetScenarios(tenant)
      return ok()
    },
  },
  {
    method: 'PUT',
    path: '/scenarios/{name}/state',
    operation: 'setScenarioState',
    answer: (call) => {
      setState(call)
      return ok()
    },
  },
]
