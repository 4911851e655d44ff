/** What concerns the whole program: reset, the delay of all mocks, health, version. */
import { isFields } from '../../../core/fields.ts'
import { type AdminAnswer, type AdminCall, AdminError, type AdminRoute, objectOf, ok } from '../answer.ts'
import { kept } from './requests.ts'

/** The release whose API this follows; what stands behind the `+` tells who answers (Semantic Versioning, section 10). */
const version = '3.13.2+svc-mock'

const reset = (call: AdminCall): AdminAnswer => {
  const { stubs, running, tenant } = call
  stubs.remove(stubs.list(call))
  for (const { id } of kept(call)) running.runTime.journal!.remove(id)
  running.runTime.resetScenarios(tenant)
  return ok()
}

/** A day is more than any client waits. */
const mostDelayMs = 24 * 60 * 60 * 1000

const settings = (call: AdminCall): AdminAnswer => {
  const asked = objectOf(call.body)
  const { fixedDelay, delayDistribution, extended } = asked
  if (delayDistribution !== undefined && delayDistribution !== null)
    throw new AdminError(422, 'delayDistribution cannot be set for all mocks', [
      'write fault: { delay, jitter } at the service in svc-mock.yaml',
    ])
  if (isFields(extended) && Object.keys(extended).length > 0)
    throw new AdminError(422, 'extended settings belong to extensions of WireMock, and there are none here')
  const delay = fixedDelay ?? 0
  if (typeof delay !== 'number' || !Number.isInteger(delay) || delay < 0 || delay > mostDelayMs)
    throw new AdminError(422, 'fixedDelay must be whole milliseconds, at most a day')
  call.running.runTime.journal!.delayMs = delay
  return ok()
}

const settingsNow = ({ running }: AdminCall): AdminAnswer => {
  const { delayMs } = running.runTime.journal!
  return ok({ settings: { ...(delayMs > 0 && { fixedDelay: delayMs }), extended: {} } })
}

export const whole: readonly AdminRoute[] = [
  { method: 'POST', path: '/reset', operation: 'resetAll', answer: reset },
  { method: 'GET', path: '/settings', operation: 'getSettings', answer: settingsNow },
  { method: 'POST', path: '/settings', operation: 'setSettings', answer: settings },
  { method: 'PUT', path: '/settings', operation: 'replaceSettings', answer: settings },
  {
    method: 'GET',
    path: '/health',
    operation: 'getHealth',
    answer: ({ running }) => {
      const problems = running.problems().length
      return ok({
        status: 'healthy',
        message: problems === 0 ? 'svc-mock is ok' : `svc-mock runs; problems in its files: ${problems}`,
        version,
        uptimeInSeconds: Math.floor(process.uptime()),
        timestamp: new Date().toISOString(),
      })
    },
  },
  { method: 'GET', path: '/version', operation: 'getVersion', answer: () => ok({ version }) },
]
