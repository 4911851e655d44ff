/** Puts our authority into the trust stores of this machine: first a plan in words, then, if wanted, its steps. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { userFolder } from '../../config/user-folder.ts'
import { SvcMockError } from '../../core/errors.ts'
import { authorityFiles, openAuthority } from '../../tls/authority-file.ts'
import { type AuthorityView, viewOf } from './authority.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface TrustStep {
  /** Whose trust it changes. */
  readonly store: string
  /** As it is run. */
  readonly command: readonly string[]
}

export interface TrustPlan {
  readonly authority: AuthorityView
  readonly steps: readonly TrustStep[]
}

export interface Machine {
  readonly platform: NodeJS.Platform
  /** Whether we may change the system. */
  readonly root: boolean
  exists(path: string): boolean
  /** Whether a program of this name is on PATH. */
  has(program: string): boolean
  readonly home: string
}

export const thisMachine = (env: Environment): Machine => ({
  platform: process.platform,
  root: process.getuid?.() === 0,
  exists: existsSync,
  has: (program) =>
    (env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program))),
  home: env['HOME'] || homedir(),
})

/** Makes the authority if there is none, and nothing else. Throws CA_NOT_TRUSTED when no store is known here. */
export const planTrust = (env: Environment, machine: Machine = thisMachine(env)): TrustPlan => {
  const folder = userFolder(env)
  const authority = viewOf(openAuthority(folder), folder)
  const steps = stepsFor(authorityFiles(folder).certificate, machine)
  if (steps.length > 0) return { authority, steps }
  throw new SvcMockError(
    'CA_NOT_TRUSTED',
    'no trust store was found here that svc-mock knows how to change',
    {
      hint: 'see the commands for each system and runtime: svc-mock ca show',
    },
  )
}

const linuxStores = [
  { folder: '/usr/local/share/ca-certificates', file: 'svc-mock.crt', update: ['update-ca-certificates'] },
  {
    folder: '/etc/pki/ca-trust/source/anchors',
    file: 'svc-mock.pem',
    update: ['update-ca-trust', 'extract'],
  },
  { folder: '/etc/pki/trust/anchors', file: 'svc-mock.pem', update: ['update-ca-certificates'] },
] as const

export const stepsFor = (certificate: string, machine: Machine): readonly TrustStep[] => {
  if (machine.platform === 'darwin') {
    const keychain = join(machine.home, 'Library/Keychains/login.keychain-db')
    const command = ['security', 'add-trusted-cert', '-r', 'trustRoot', '-k', keychain, certificate]
    return [{ store: 'your login keychain', command }]
  }
  if (machine.platform === 'win32')
    return [
      { store: 'your Windows root store', command: ['certutil', '-user', '-addstore', 'Root', certificate] },
    ]
  return [...linuxSteps(certificate, machine), ...nssSteps(certificate, machine)]
}

const linuxSteps = (certificate: string, { root, exists, has }: Machine): TrustStep[] => {
  const sudo = root ? [] : ['sudo']
  const store = 'the roots of this system'
  const found = linuxStores.find(({ folder, update }) => exists(folder) && has(update[0]))
  if (found !== undefined) {
    return [
      { store, command: [...sudo, 'cp', certificate, `${found.folder}/${found.file}`] },
      { store, command: [...sudo, ...found.update] },
    ]
  }
  return has('trust') ? [{ store, command: [...sudo, 'trust', 'anchor', '--store', certificate] }] : []
}

const nssSteps = (certificate: string, { exists, has, home }: Machine): TrustStep[] => {
  const folder = join(home, '.pki/nssdb')
  if (!exists(folder) || !has('certutil')) return []
  const command = ['certutil', '-d', `sql:${folder}`, '-A', '-t', 'C,,', '-n', 'svc-mock', '-i', certificate]
  return [{ store: 'Chrome and Chromium of this user', command }]
}

/** Runs one after the other; what they print goes to stderr. Rejects with CA_NOT_TRUSTED at the first that fails. */
export const runTrust = async ({ steps }: TrustPlan, began: (step: TrustStep) => void): Promise<void> => {
  for (const step of steps) {
    began(step)
    await runStep(step)
  }
}

const runStep = ({ store, command: [program = '', ...args] }: TrustStep): Promise<void> =>
  new Promise((resolve, reject) => {
    const failed = (why: string): void =>
      reject(
        new SvcMockError(
          'CA_NOT_TRUSTED',
          `${store} was not changed: ${[program, ...args].join(' ')} ${why}`,
          {
            hint: 'run the command by hand to see more; the steps before it were done',
          },
        ),
      )
    const child = spawn(program, args, { stdio: ['inherit', 2, 2] })
    child.once('error', (error: NodeJS.ErrnoException) =>
      failed(error.code === 'ENOENT' ? 'was not found' : error.message),
    )
    child.once('exit', (code, signal) =>
      code === 0 ? resolve() : failed(signal === null ? `ended with ${code}` : `was ended by ${signal}`),
    )
  })
