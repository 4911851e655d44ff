/** Where the key comes from, and from where it is refused. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findMaskKey, requireMaskKey, writeNewKey } from '../../src/app/mask-key.ts'
import { workspaceMasks } from '../../src/app/masks.ts'
import { SvcMockError } from '../../src/core/errors.ts'
import { keyText, maskedJson, testKey, testSession } from '../desensitize/tools.ts'
import { workspace } from '../support/workspace.ts'

const elsewhere = (): string => workspace().folder
const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof SvcMockError) {
      expect(error.message).not.toContain(keyText)
      return error.code
    }
    throw error
  }
  return ''
}
/** No configuration of whoever runs the tests. */
const bare = { HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' }

describe('the key', () => {
  it('comes from the environment, a file, or a command', () => {
    const root = elsewhere()
    const { folder } = workspace()
    const file = join(folder, 'key')
    writeFileSync(file, `${keyText}\n`, { mode: 0o600 })
    mkdirSync(join(folder, 'svc-mock'))
    const print = `"${process.execPath}" -p "'${keyText}'"`
    writeFileSync(join(folder, 'svc-mock/config.yaml'), `maskKeyCommand: '${print.replaceAll("'", "''")}'\n`)
    for (const source of [
      { env: { ...bare, SVC_MOCK_MASK_KEY: keyText } },
      { env: bare, keyFile: file },
      { env: { ...bare, SVC_MOCK_MASK_KEY_FILE: file } },
      { env: { ...bare, SVC_MOCK_MASK_KEY_COMMAND: print } },
      { env: { ...bare, XDG_CONFIG_HOME: folder } },
    ])
      expect(findMaskKey({ root, ...source })?.id).toBe(testKey().id)
    expect(findMaskKey({ root, env: bare })).toBeUndefined()
    expect(codeOf(() => requireMaskKey({ root, env: bare }))).toBe('MASK_KEY_MISSING')
  })

  it('is refused when it is none, or a failed command', () => {
    const root = elsewhere()
    for (const env of [
      { SVC_MOCK_MASK_KEY: '' },
      { SVC_MOCK_MASK_KEY: 'short' },
      { SVC_MOCK_MASK_KEY_COMMAND: 'exit 3' },
      { SVC_MOCK_MASK_KEY_FILE: '/nonexistent/key' },
    ])
      expect(codeOf(() => findMaskKey({ root, env: { ...bare, ...env } }))).toBe('MASK_KEY_INVALID')
  })

  it.skipIf(process.platform === 'win32')('is refused from a file that others can read', () => {
    const file = join(elsewhere(), 'key')
    writeFileSync(file, keyText)
    chmodSync(file, 0o644)
    expect(codeOf(() => findMaskKey({ root: elsewhere(), env: bare, keyFile: file }))).toBe(
      'MASK_KEY_INVALID',
    )
  })

  it('is refused from the work tree, where it would be committed', () => {
    const root = elsewhere()
    mkdirSync(join(root, '.git'))
    mkdirSync(join(root, 'sub'))
    const file = join(root, 'key')
    writeFileSync(file, keyText, { mode: 0o600 })
    expect(codeOf(() => findMaskKey({ root: join(root, 'sub'), env: bare, keyFile: file }))).toBe(
      'MASK_KEY_INVALID',
    )
    expect(codeOf(() => writeNewKey(join(root, 'new'), join(root, 'sub')))).toBe('MASK_KEY_INVALID')
  })

  it('can be made new, for its owner only, and never over another', () => {
    const file = join(elsewhere(), 'keys/svc')
    const root = elsewhere()
    const key = writeNewKey(file, root)
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(findMaskKey({ root, env: bare, keyFile: file })?.id).toBe(key.id)
    expect(codeOf(() => writeNewKey(file, root))).toBe('FILE_EXISTS')
  })
})

describe('$masked with the key', () => {
  it('takes the real value for its fake, in any form, and no other', () => {
    const session = testSession()
    const { phone, realName } = JSON.parse(
      maskedJson('{"phone":"13800138000","realName":"张伟"}', session),
    ) as Record<string, string>
    const root = elsewhere()
    mkdirSync(join(root, '.svc-mock'))
    expect(workspaceMasks(root, { ...bare, SVC_MOCK_MASK_KEY: keyText })).toBeUndefined()
    writeFileSync(join(root, '.svc-mock/fakes.lock'), session.ledger.text())
    expect(workspaceMasks(root, bare)).toBeUndefined()
    const masks = workspaceMasks(root, { ...bare, SVC_MOCK_MASK_KEY: keyText })!
    for (const form of ['13800138000', '+86 138-0013-8000', phone!, '１３８００１３８０００'])
      expect(masks('cn-mobile', form, phone!)).toBe(true)
    expect(masks('cn-mobile', '13800138001', phone!)).toBe(false)
    expect(masks('person-name', '张伟', realName!)).toBe(true)
    expect(masks('no-such-type', '张伟', realName!)).toBe(false)
    const other = Buffer.from(Array.from({ length: 32 }, (_none, at) => 255 - at)).toString('hex')
    expect(codeOf(() => workspaceMasks(root, { ...bare, SVC_MOCK_MASK_KEY: other }))).toBe('MASK_KEY_INVALID')
  })
})
