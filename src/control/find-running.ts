/** Finds the running proxy of a workspace, and removes the run files of processes that are gone. */
import { SvcMockError } from '../core/errors.ts'
import { ControlClient } from './client.ts'
import { type RunFile, readRunFiles, removeRunFile } from './run-file.ts'

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A living pid may be another program's by now, so it must also answer. One that is stopped for a while keeps its file. */
const checked = async (
  root: string,
  file: RunFile,
  patienceMs?: number,
): Promise<ControlClient | undefined> => {
  const client = new ControlClient(file, patienceMs)
  const answer = isAlive(file.pid) ? await client.answers() : 'no'
  if (answer === 'yes') return client
  if (answer === 'no') removeRunFile(root, file.pid)
  return undefined
}

export const allRunning = async (root: string, patienceMs?: number): Promise<readonly ControlClient[]> => {
  const clients = await Promise.all(readRunFiles(root).map((file) => checked(root, file, patienceMs)))
  return clients.filter((client) => client !== undefined)
}

/** The one that runs, or the one with this pid. Throws NOT_RUNNING or SEVERAL_RUNNING. */
export const findRunning = async (root: string, pid?: number): Promise<ControlClient> => {
  const clients = await allRunning(root)
  const wanted = pid === undefined ? clients : clients.filter(({ file }) => file.pid === pid)
  const [only, another] = wanted
  if (only === undefined) {
    const which = pid === undefined ? '' : ` with pid ${pid}`
    throw new SvcMockError('NOT_RUNNING', `no svc-mock${which} runs for ${root}`)
  }
  if (another === undefined) return only
  const list = wanted.map(({ file }) => `${file.pid} (${file.listen})`).join(', ')
  throw new SvcMockError('SEVERAL_RUNNING', `several run for ${root}: ${list}`, {
    hint: `name one: --pid ${only.file.pid}`,
    details: { running: wanted.map(({ file }) => ({ pid: file.pid, listen: file.listen })) },
  })
}
