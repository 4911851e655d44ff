/** The recording thread's first lines: a session, a store, and the work. */
import { parentPort, workerData } from 'node:worker_threads'
import { fieldKey } from '../../core/volatile.ts'
import { MaskKey } from '../../desensitize/mask-key.ts'
import { desensitizerOf } from '../../record/desensitizer.ts'
import { FixtureStore } from '../../record/fixture-store.ts'
import { Quarantine } from '../../record/quarantine.ts'
import { Recording } from '../../record/recording.ts'
import { type FromWorker, serveRecording, stepBehind } from '../../record/worker.ts'
import { comparedAtMost } from './compared-at-most.ts'
import { fixtureDialects, restorers } from './fixture-dialects.ts'
import { openSession, writeLedger } from './mask-session.ts'
import type { WorkerJob } from './worker-job.ts'

const job = workerData as WorkerJob
const { root, folder, mode, headers, volatile, strict, learn } = job
stepBehind()
const key = MaskKey.parse(job.key)
if (typeof key === 'string') throw new Error(key)
const { session, policyHash, newPolicy } = openSession(root, key, strict || learn)
const desensitizer = desensitizerOf(
  session,
  (text) => {
    if (mode !== 'none') writeLedger(root, text)
  },
  () => {
    const policy = newPolicy()
    if (policy !== 'wrong') return policy
    const message =
      'desensitize.yaml has mistakes, so it stays as it was (POLICY_INVALID): svc-mock scan shows them'
    parentPort!.postMessage({ type: 'failed', code: 'POLICY_INVALID', message } satisfies FromWorker)
    return undefined
  },
)
const recording = new Recording({
  desensitizer,
  dialects: fixtureDialects,
  policy: { headers, volatile: new Set(volatile.map(fieldKey)), comparedAtMost },
  store: new FixtureStore({ folder, mode, namesReal: (text) => desensitizer.namesReal(text), keyId: key.id }),
  quarantine: new Quarantine({ file: job.quarantine }),
  onQuarantine: job.onQuarantine,
  strict,
  origin: () => ({ keyId: key.id, policyHash: policyHash() }),
})
serveRecording(parentPort!, recording, restorers)
