/** Starts the thread that records. Everything that can be wrong with key, ledger, policy and flags is told before. */
import { existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Config } from '../../config/config.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { RecordMode } from '../../record/fixture-store.ts'
import { type OnFull, Recorder } from '../../record/recorder.ts'
import { readVersions, versionOf } from '../../record/version.ts'
import { requireMaskKey } from '../mask-key.ts'
import { type CallFilter, callFilter } from './call-filter.ts'
import { fixtureDialects, messageDialects } from './fixture-dialects.ts'
import { openSession } from './mask-session.ts'
import { quarantineFile } from './quarantine-file.ts'
import type { WorkerJob } from './worker-job.ts'

/** What flags say; what they leave out comes from svc-mock.yaml. */
export interface RecordWishes {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly keyFile?: string | undefined
  readonly mode?: RecordMode | undefined
  readonly case?: string | undefined
  /** `1.4.0` or `orders=1.4.0`. */
  readonly versions?: readonly string[] | undefined
  readonly filter?: readonly string[] | undefined
  readonly maxBytes?: number | undefined
  readonly onFull?: OnFull | undefined
  /** Default: retry. */
  readonly onQuarantine?: 'retry' | 'drop' | undefined
  readonly strict?: boolean | undefined
  readonly learn?: boolean | undefined
}

/** The published program carries the thread as a file of its own. */
const entries = ['../record/worker.js', './worker-main.ts']

const workerFile = (): string => {
  const paths = entries.map((path) => fileURLToPath(new URL(path, import.meta.url)))
  return paths.find((path) => existsSync(path)) ?? paths[0]!
}

export const filterOf = (config: Config, { filter = [] }: Pick<RecordWishes, 'filter'>): CallFilter =>
  callFilter(
    filter,
    config.services.map(({ name }) => name),
  )

/** Throws MASK_KEY_MISSING, MASK_KEY_INVALID, POLICY_INVALID, LEDGER_INVALID or FLAG_INVALID. */
export const openRecorder = (
  config: Config,
  wishes: RecordWishes,
  told: { notice(text: string): void },
): Recorder => {
  const { root, record } = config
  const versions = readVersions(wishes.versions ?? [])
  if ('wrong' in versions)
    throw new SvcMockError('FLAG_INVALID', `--version ${versions.wrong} is no version`, {
      hint: 'write --version 1.4.0, or --version orders=1.4.0',
    })
  const filter = filterOf(config, wishes)
  const key = requireMaskKey({ env: wishes.env, keyFile: wishes.keyFile, root })
  // The thread opens it again; here a mistake is told before anything runs.
  openSession(root, key)
  const quarantine = quarantineFile({ env: wishes.env, root, now: Date.now() })
  const learn = wishes.learn ?? false
  const job: WorkerJob = {
    key: key.forThread(),
    root,
    folder: record.folder,
    mode: learn ? 'none' : (wishes.mode ?? 'once'),
    headers: record.headers,
    volatile: record.volatile,
    quarantine,
    onQuarantine: wishes.onQuarantine ?? 'retry',
    strict: wishes.strict === true && !learn,
    learn,
  }
  // Neither the key nor anything else of the environment is for its eyes.
  const worker = new Worker(workerFile(), { workerData: job, env: {}, name: 'svc-mock record' })
  return new Recorder({
    worker,
    dialects: fixtureDialects,
    messages: messageDialects,
    queueBytes: record.queueBytes,
    maxBytes: wishes.maxBytes ?? record.maxBytes,
    onFull: wishes.onFull ?? 'drop',
    case: wishes.case,
    wants: (call) => filter.wants(call),
    versionOf: versionOf(versions),
    notice: told.notice,
    // The thread removes it itself, unless it was ended in the middle of something.
    ended: () => {
      if (quarantine !== undefined) rmSync(quarantine, { force: true })
    },
  })
}
