/** Who waits for which keys, in the order in which they came, and the keys that may have something for them. */
import type { Client, Waiting } from './client.ts'
import type { Database } from './store/database.ts'

export class WaitingRoom {
  private readonly clients = new Map<Database, Map<string, Set<Client>>>()
  private ready: { readonly db: Database; readonly key: string }[] = []

  add(client: Client, { db, keys }: Waiting): void {
    let byKey = this.clients.get(db)
    if (byKey === undefined) {
      byKey = new Map()
      this.clients.set(db, byKey)
    }
    for (const key of keys) {
      const waiting = byKey.get(key)
      if (waiting === undefined) byKey.set(key, new Set([client]))
      else waiting.add(client)
    }
  }

  remove(client: Client, { db, keys }: Waiting): void {
    const byKey = this.clients.get(db)
    for (const key of keys) {
      const waiting = byKey?.get(key)
      waiting?.delete(client)
      if (waiting?.size === 0) byKey!.delete(key)
    }
  }

  /** The key was written. */
  wrote(db: Database, key: string): void {
    if (this.clients.get(db)?.has(key) === true) this.ready.push({ db, key })
  }

  /** Each key that was written since, with those who wait for it now. Serving may write more keys. */
  *served(): Generator<{ readonly key: string; readonly clients: readonly Client[] }> {
    while (this.ready.length > 0) {
      const { db, key } = this.ready.shift()!
      const clients = this.clients.get(db)?.get(key)
      if (clients !== undefined) yield { key, clients: [...clients] }
    }
  }
}
