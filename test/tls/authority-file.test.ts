/** The subject is the authority's file: who may read it, who makes it, and what is wrong with it. */
import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { userFolder } from '../../src/config/user-folder.ts'
import type { SvcMockError } from '../../src/core/errors.ts'
import {
  authorityFiles,
  openAuthority,
  readAuthority,
  rotateAuthority,
} from '../../src/tls/authority-file.ts'
import { workspace } from '../support/workspace.ts'

const run = promisify(execFile)
const year = 365 * 24 * 60 * 60 * 1000
const posix = process.platform !== 'win32'

const empty = (): string => join(workspace().folder, 'settings', 'svc-mock')

const thrown = (run: () => unknown): SvcMockError => {
  try {
    run()
  } catch (error) {
    return error as SvcMockError
  }
  throw new Error('nothing was thrown')
}

describe('the authority', () => {
  it('is made on first need and then stays', () => {
    const folder = empty()
    expect(readAuthority(folder)).toBeUndefined()
    const made = openAuthority(folder)
    expect(openAuthority(folder).fingerprint()).toBe(made.fingerprint())
    expect(made.name).toMatch(/^svc-mock CA [0-9a-f]{6} \(.+\)$/)
    const { certificate } = authorityFiles(folder)
    expect(readFileSync(certificate, 'utf8')).toBe(made.pem)
    expect(readFileSync(certificate, 'utf8')).not.toContain('PRIVATE')
    expect(readdirSync(folder).sort()).toEqual(['ca-key.pem', 'ca.pem'])
  })

  it.skipIf(!posix)('is for the user alone', () => {
    const folder = empty()
    openAuthority(folder)
    expect(statSync(authorityFiles(folder).secret).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('is one, however many processes make it at the same time', async () => {
    const folder = empty()
    const source = `
      const { openAuthority } = await import(${JSON.stringify(new URL('../../src/tls/authority-file.ts', import.meta.url).href)})
      process.stdout.write(openAuthority(${JSON.stringify(folder)}).fingerprint())`
    const ends = await Promise.all(
      Array.from({ length: 6 }, () => run(process.execPath, ['--input-type=module', '-e', source])),
    )
    expect(new Set(ends.map(({ stdout }) => stdout))).toEqual(new Set([readAuthority(folder)!.fingerprint()]))
    expect(readdirSync(folder).sort()).toEqual(['ca-key.pem', 'ca.pem'])
  })

  it('ends after a year', () => {
    const folder = empty()
    openAuthority(folder, Date.now() - year - 1000)
    expect(thrown(() => openAuthority(folder))).toMatchObject({ code: 'CA_EXPIRED' })
    expect(thrown(() => openAuthority(folder)).hint).toContain('svc-mock ca rotate')
  })

  it('is replaced by rotate, also when it is broken or expired', () => {
    const folder = empty()
    const old = openAuthority(folder)
    const fresh = rotateAuthority(folder)
    expect(fresh.fingerprint()).not.toBe(old.fingerprint())
    expect(openAuthority(folder).fingerprint()).toBe(fresh.fingerprint())
    writeFileSync(authorityFiles(folder).secret, 'rubbish')
    const again = rotateAuthority(folder)
    expect(openAuthority(folder).fingerprint()).toBe(again.fingerprint())
    expect(readFileSync(authorityFiles(folder).certificate, 'utf8')).toBe(again.pem)
  })

  it.each([
    ['an empty file', () => ''],
    ['rubbish', () => 'rubbish'],
    ['half of it', (text: string) => text.slice(0, text.length / 2)],
    ['a key without certificate', (text: string) => text.split('-----BEGIN CERT')[0]!],
    [
      'the key of somebody else',
      (text: string) =>
        generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
          .privateKey.export({ type: 'pkcs8', format: 'pem' })
          .toString() + text.slice(text.indexOf('-----BEGIN CERT')),
    ],
  ])('is not %s', (_what, broken) => {
    const folder = empty()
    openAuthority(folder)
    const { secret } = authorityFiles(folder)
    writeFileSync(secret, broken(readFileSync(secret, 'utf8')), { mode: 0o600 })
    const error = thrown(() => openAuthority(folder))
    expect(error).toMatchObject({ code: 'CA_BROKEN' })
    expect(error.message).toContain(secret)
    expect(error.message).not.toMatch(/BEGIN|PRIVATE/)
    expect(error.hint).toContain('svc-mock ca rotate')
  })

  it.skipIf(!posix)('is not used when others may read its key', () => {
    const folder = empty()
    openAuthority(folder)
    chmodSync(authorityFiles(folder).secret, 0o644)
    const error = thrown(() => openAuthority(folder))
    expect(error).toMatchObject({ code: 'CA_BROKEN' })
    expect(error.message).toContain('mode 644')
    expect(error.hint).toContain('chmod 600')
  })

  it('says when its folder cannot be written', () => {
    const { folder } = workspace({ file: 'not a folder' })
    expect(thrown(() => openAuthority(join(folder, 'file')))).toMatchObject({ code: 'CA_NOT_WRITABLE' })
  })

  it('brings its public copy back when that is gone or old', () => {
    const folder = empty()
    mkdirSync(folder, { recursive: true })
    const { pem } = openAuthority(folder)
    writeFileSync(authorityFiles(folder).certificate, 'old')
    openAuthority(folder)
    expect(readFileSync(authorityFiles(folder).certificate, 'utf8')).toBe(pem)
  })
})

describe("the user's folder", () => {
  it.skipIf(!posix).each([
    [{ XDG_CONFIG_HOME: '/x', HOME: '/home/a' }, 'linux', '/x/svc-mock'],
    [{ HOME: '/home/a' }, 'linux', '/home/a/.config/svc-mock'],
    [{ XDG_CONFIG_HOME: 'x', HOME: '/home/a' }, 'linux', '/home/a/.config/svc-mock'],
    [{ HOME: '/Users/a' }, 'darwin', '/Users/a/Library/Application Support/svc-mock'],
    [{ APPDATA: '/roaming' }, 'win32', '/roaming/svc-mock'],
  ] as const)('%j on %s is %s', (env, platform, expected) => {
    expect(userFolder(env, platform)).toBe(expected)
  })
})
