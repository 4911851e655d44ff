/** A recorded mock answers the fake and, where the key is at hand, the real value. */
import { expect, it, onTestFinished } from 'vitest'
import { keyText, maskedJson, testSession } from '../desensitize/tools.ts'
import { startProgram } from '../support/spawn.ts'
import { workspace } from '../support/workspace.ts'

const session = testSession()
const { phone } = JSON.parse(maskedJson('{"phone":"13800138000"}', session)) as { phone: string }
const files = {
  'svc-mock.yaml': 'services: { users: { listen: 127.0.0.1:0 } }\n',
  'mocks/users/1.0.0/a.yaml': `mocks:
  - request: { method: POST, path: /login, body: { phone: { $masked: { type: cn-mobile, value: '${phone}' } } } }
    response: { body: { ok: true } }
`,
  '.svc-mock/fakes.lock': session.ledger.text(),
}

/** Statuses of logins with the fake, the real number, and another one. */
const statuses = async (env: Readonly<Record<string, string | undefined>>): Promise<number[]> => {
  const { folder } = workspace(files)
  const { program, ready } = await startProgram({
    cwd: folder,
    env: { HOME: folder, XDG_CONFIG_HOME: folder, ...env },
  })
  onTestFinished(async () => {
    await program.stop()
  })
  const login = async (number: string): Promise<number> => {
    const body = JSON.stringify({ phone: number })
    return (await fetch(`http://${ready.services[0]!.listen}/login`, { method: 'POST', body })).status
  }
  return [await login(phone), await login('138-0013-8000'), await login('13800138001')]
}

it('with the key', async () => {
  expect(await statuses({ SVC_MOCK_MASK_KEY: keyText })).toEqual([200, 200, 502])
})

it('without it', async () => {
  expect(await statuses({ SVC_MOCK_MASK_KEY: undefined })).toEqual([200, 502, 502])
})
