/** svc-mock ca, as people and scripts use it. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renewAuthority } from '../../src/app/ca/authority.ts'
import { runtimeTargets, systemTargets } from '../../src/app/ca/targets.ts'
import { type Machine, runTrust, stepsFor } from '../../src/app/ca/trust.ts'
import { trustEnv } from '../../src/app/env/trust-env.ts'
import { type Finished, runProgram } from '../support/spawn.ts'
import { ourAuthority } from '../support/tls.ts'
import { workspace } from '../support/workspace.ts'

const settings = () => {
  const { folder } = workspace()
  const ca = (...args: string[]): Promise<Finished> =>
    runProgram(['ca', ...args], { cwd: folder, env: { XDG_CONFIG_HOME: folder } })
  return { folder, ca, key: join(folder, 'svc-mock/ca-key.pem') }
}

describe('svc-mock ca', () => {
  it('shows that there is none, exports one, shows it, and needs no workspace', async () => {
    const { ca, folder } = settings()
    expect((await ca('show')).stdout).toContain('There is no certificate authority')
    const { stdout: pem, code } = await ca('export')
    expect(code).toBe(0)
    const { fingerprint256 } = new X509Certificate(pem)
    const shown = await ca('show')
    expect(shown.stdout).toContain(fingerprint256)
    expect(shown.stdout).toContain(`export NODE_EXTRA_CA_CERTS=${join(folder, 'svc-mock/ca.pem')}`)
    const { authority } = JSON.parse((await ca('show', '--json')).stdout) as {
      authority: { fingerprint: string; daysLeft: number }
    }
    expect(authority).toMatchObject({ fingerprint: fingerprint256, daysLeft: 364 })
  })

  it('never lets the key out', async () => {
    const { ca, key, folder } = settings()
    const said = [
      await ca('export'),
      await ca('export', '--json'),
      await ca('export', '--format', 'bundle'),
      await ca('export', join(folder, 'x.p12'), '--format', 'pkcs12'),
      await ca('show'),
      await ca('show', '--json'),
      await ca('trust'),
      await ca('rotate', '--yes', '--json'),
    ]
    const secret = createPrivateKey(readFileSync(key)).export({ format: 'jwk' }).d!
    const all = said.map(({ stdout, stderr }) => stdout + stderr).join('\n')
    expect(all).not.toContain('PRIVATE')
    expect(all).not.toContain(secret)
    expect(readFileSync(join(folder, 'x.p12')).includes(Buffer.from(secret, 'base64url'))).toBe(false)
  })

  it('exports into new files only', async () => {
    const { ca, folder } = settings()
    expect((await ca('export', 'ca.der', '--format', 'der')).code).toBe(0)
    expect(new X509Certificate(readFileSync(join(folder, 'ca.der'))).ca).toBe(true)
    const again = await ca('export', 'ca.der', '--format', 'der')
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('FILE_EXISTS')])
    expect((await ca('export', '--format', 'der')).stderr).toContain('needs a file')
  })

  it('changes nothing without being asked to', async () => {
    const { ca, key } = settings()
    await ca('export')
    const before = readFileSync(key, 'utf8')
    const trust = await ca('trust')
    expect(trust.stdout + trust.stderr).toMatch(/nothing was changed|CA_NOT_TRUSTED/)
    const rotate = await ca('rotate')
    expect([rotate.code, rotate.stderr]).toEqual([2, expect.stringContaining('svc-mock ca rotate --yes')])
    expect(readFileSync(key, 'utf8')).toBe(before)
    expect((await ca('rotate', '--yes')).code).toBe(0)
    expect(readFileSync(key, 'utf8')).not.toBe(before)
  })

  it('says what is wrong with a broken one, and renews it without asking', async () => {
    const { ca, key } = settings()
    await ca('export')
    const { writeFileSync } = await import('node:fs')
    writeFileSync(key, 'rubbish')
    expect((await ca('show')).stderr).toMatch(/CA_BROKEN.*\nhint: .*svc-mock ca rotate/)
    expect((await ca('rotate')).code).toBe(0)
    expect((await ca('show')).code).toBe(0)
  })
})

describe('after ca rotate', () => {
  it('files that were handed out hold the new one, and the old one can still be forgotten', () => {
    const { folder, write } = workspace()
    const env = { XDG_CONFIG_HOME: folder }
    const place = join(folder, 'svc-mock')
    const users = write('corp.pem', ourAuthority().pem)
    const { variables } = trustEnv(place, { REQUESTS_CA_BUNDLE: users })
    const store = readFileSync(join(place, 'trust/java.p12'))
    const old = new X509Certificate(readFileSync(join(place, 'ca.pem')))

    const { authority, forget } = renewAuthority(env, 'windows')

    const pem = readFileSync(join(place, 'ca.pem'), 'utf8')
    expect(pem).not.toBe(old.toString())
    for (const file of new Set(Object.values(variables))) {
      const text = readFileSync(file, 'utf8')
      expect(text).toContain(pem)
      expect(text).not.toContain(old.toString())
    }
    expect(readFileSync(variables['REQUESTS_CA_BUNDLE']!, 'utf8')).toContain(ourAuthority().pem)
    expect(readFileSync(join(place, 'trust/java.p12')).equals(store)).toBe(false)
    const lines = forget.flatMap((target) => target.forget).join('\n')
    expect(lines).toContain(old.fingerprint.replaceAll(':', '').toLowerCase())
    expect(lines).not.toContain(authority.sha1.replaceAll(':', '').toLowerCase())
  })

  it('says how each store forgets the old one, by its own certificate', async () => {
    const { ca, folder } = settings()
    await ca('export')
    const old = readFileSync(join(folder, 'svc-mock/ca.pem'), 'utf8')
    const { stdout } = await ca('rotate', '--yes')
    expect(stdout).toContain('svc-mock ca trust')
    expect(stdout).toMatch(/ca-before\.pem|certutil -user -delstore/)
    expect(readFileSync(join(folder, 'svc-mock/ca-before.pem'), 'utf8')).toBe(old)
  })

  it('there is nothing to forget when there was none', async () => {
    const { ca } = settings()
    expect((await ca('rotate')).stdout).not.toContain('forget')
  })
})

describe('the plan of ca trust', () => {
  const machine = (more: Partial<Machine>): Machine => ({
    platform: 'linux',
    root: false,
    exists: () => false,
    has: () => false,
    home: '/home/alice',
    ...more,
  })
  const lines = (more: Partial<Machine>): string[] =>
    stepsFor('/ca.pem', machine(more)).map(({ command }) => command.join(' '))

  it.each<[string, Partial<Machine>, string[]]>([
    [
      'Debian',
      {
        exists: (path) => path === '/usr/local/share/ca-certificates',
        has: (name) => name === 'update-ca-certificates',
      },
      ['sudo cp /ca.pem /usr/local/share/ca-certificates/svc-mock.crt', 'sudo update-ca-certificates'],
    ],
    [
      'Fedora, as root',
      {
        root: true,
        exists: (path) => path.startsWith('/etc/pki/ca-trust'),
        has: (name) => name === 'update-ca-trust',
      },
      ['cp /ca.pem /etc/pki/ca-trust/source/anchors/svc-mock.pem', 'update-ca-trust extract'],
    ],
    ['Arch', { has: (name) => name === 'trust' }, ['sudo trust anchor --store /ca.pem']],
    [
      'a desktop with Chrome',
      { exists: (path) => path.endsWith('nssdb'), has: (name) => name === 'certutil' },
      ['certutil -d sql:/home/alice/.pki/nssdb -A -t C,, -n svc-mock -i /ca.pem'],
    ],
    [
      'macOS',
      { platform: 'darwin' },
      ['security add-trusted-cert -r trustRoot -k /home/alice/Library/Keychains/login.keychain-db /ca.pem'],
    ],
    ['Windows', { platform: 'win32' }, ['certutil -user -addstore Root /ca.pem']],
    ['a bare container', {}, []],
  ])('on %s', (_what, more, expected) => {
    expect(lines(more)).toEqual(expected)
  })

  it('ends at the first step that fails, and says which', async () => {
    const began: string[] = []
    const steps = [
      { store: 'a', command: [process.execPath, '-e', ''] },
      { store: 'the roots', command: [process.execPath, '-e', 'process.exit(7)'] },
      { store: 'c', command: [process.execPath, '-e', ''] },
    ]
    const running = runTrust({ authority: undefined as never, steps }, ({ store }) => began.push(store))
    await expect(running).rejects.toMatchObject({
      code: 'CA_NOT_TRUSTED',
      message: expect.stringMatching(/^the roots was not changed: .* ended with 7$/),
    })
    expect(began).toEqual(['a', 'the roots'])
    const missing = { store: 'x', command: ['no-such-program-anywhere'] }
    await expect(
      runTrust({ authority: undefined as never, steps: [missing] }, () => undefined),
    ).rejects.toThrow(/was not found/)
  })

  it.each(['linux', 'macos', 'windows'] as const)('has commands for every runtime on %s', (system) => {
    const paths = {
      certificate: '/a b/ca.pem',
      bundle: '/b.pem',
      java: '/j.p12',
      password: 'x',
      thumbprint: 'ab',
    }
    const all = [...systemTargets(system, paths), ...runtimeTargets(system, paths)]
    const ids = all.map(({ id }) => id)
    for (const id of [
      'node',
      'python',
      'java',
      'jdk',
      'go',
      'curl',
      'git',
      'deno',
      'aws',
      'dotnet',
      'firefox',
    ])
      expect(ids).toContain(id)
    expect(all.filter(({ trust, note }) => trust.length === 0 && note === undefined)).toEqual([])
    const quoted = system === 'windows' ? '"/a b/ca.pem"' : "'/a b/ca.pem'"
    expect(all.find(({ id }) => id === 'jdk')!.trust[0]).toContain(quoted)
  })
})
