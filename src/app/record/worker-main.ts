/** The recording thread's first lines: a session, a store, and the work. */
import { parentPort, workerData } from 'node:worker_threads'
import { fieldKey } from '../../core/volatile.ts'
import { MaskKey } from '../../desensitize/mask-key.ts'
import { desensitizerOf } from '../../record/desensitizer.ts'
import { FixtureStore } from '../../record/fixture-store.ts'
import { Recording } from '../../record/recording.ts'
import { serveRecording, stepBehind } from '../../record/worker.ts'
import { fixtureDialects, restorers } from './fixture-dialects.ts'
import { openSession, writeLedger } from './mask-session.ts'
import type { WorkerJob } from './worker-job.ts'

/** Larger request bodies are not compared: matching would read them at each call. */
const comparedAtMost = 64 * 1024

const { key, root, folder, mode, headers, volatile } = workerData as WorkerJob
stepBehind()
const maskKey = MaskKey.parse(key)
if (typeof maskKey === 'string') throw new Error(maskKey)
const desensitizer = desensitizerOf(openSession(root, maskKey), (text) => {
  if (mode !== 'none') writeLedger(root, text)
})
const store = new FixtureStore({ folder, mode, namesReal: (text) => desensitizer.namesReal(text) })
const policy = { headers, volatile: new Set(volatile.map(fieldKey)), comparedAtMost }
serveRecording(
  parentPort!,
  new Recording({ desensitizer, dialects: fixtureDialects, policy, store }),
  restorers,
)
