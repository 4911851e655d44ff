/**
 * Fixtures of services that are being recorded. They change with every moment of recording and nobody asks them, so
 * they are read when their service is recorded no more; reading them at once would hold up the calls.
 */
import { join, sep } from 'node:path'
import { folderName } from '../../record/file-names.ts'

export class UnreadFixtures {
  private unread: ReadonlySet<string> = new Set()

  /**
   * Which files to read now, of those that have changed and those that were left. Absolute paths; `folder` is that of
   * all fixtures, `recorded` names services.
   */
  toRead(changed: ReadonlySet<string>, folder: string, recorded: readonly string[]): ReadonlySet<string> {
    const folders = recorded.map((service) => join(folder, folderName(service)) + sep)
    const all = changed.union(this.unread)
    this.unread = new Set([...all].filter((path) => folders.some((one) => path.startsWith(one))))
    return all.difference(this.unread)
  }
}
