/** Questions of ours on a connection whose client wants no replies. */
import type { Session } from './session.ts'

/** Work that asks the server, which is made to answer after CLIENT REPLY OFF, too. Inside MULTI it cannot be. */
export const hearing = async <T>(session: Session, work: () => Promise<T> | T): Promise<T> => {
  if (session.silence !== 'off' || session.hears || session.transaction.open) return work()
  session.hears = true
  try {
    await session.ask('CLIENT', 'REPLY', 'ON')
    return await work()
  } finally {
    session.hears = false
    session.aside(['CLIENT', 'REPLY', 'OFF'])
  }
}
