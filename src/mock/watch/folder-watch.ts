/** One folder's watch by the operating system or, where that has none left, by looking at it now and then. */
import { type FSWatcher, watch as fsWatch, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface WatchTools {
  readonly notice: (kind: string, text: string) => void
  readonly pollMs: number
  readonly watch?: typeof fsWatch
}

export interface FolderEvents {
  /** `name`: relative to the folder; undefined when the system does not say. */
  changed(name: string | undefined): void
  /** The folder itself was deleted, moved or replaced. */
  gone(): void
}

export class FolderWatch {
  readonly recursive: boolean
  readonly #directory: string
  readonly #tools: WatchTools
  readonly #events: FolderEvents
  readonly #inode: bigint | undefined
  #watcher: FSWatcher | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(directory: string, recursive: boolean, tools: WatchTools, events: FolderEvents) {
    this.recursive = recursive
    this.#directory = directory
    this.#tools = tools
    this.#events = events
    this.#inode = inodeOf(directory)
    this.#open()
  }

  close(): void {
    this.#closed = true
    this.#watcher?.close()
    clearInterval(this.#timer)
  }

  #open(): void {
    try {
      const watch = this.#tools.watch ?? fsWatch
      this.#watcher = watch(this.#directory, { recursive: this.recursive }, (_, name) => this.#event(name))
      this.#watcher.on('error', (error) => this.#failed(error))
    } catch (error) {
      this.#failed(error)
    }
  }

  #event(name: string | Buffer | null): void {
    if (this.#closed) return
    if (inodeOf(this.#directory) !== this.#inode) this.#events.gone()
    else this.#events.changed(name === null ? undefined : String(name))
  }

  #failed(error: unknown): void {
    if (this.#closed) return
    this.#watcher?.close()
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (inodeOf(this.#directory) !== this.#inode) {
      this.#events.gone()
      return
    }
    this.#tools.notice(
      code,
      `the system has no file watch left (${code}); some folders are looked at every ${this.#tools.pollMs} ms. On Linux raise fs.inotify.max_user_watches`,
    )
    this.#poll()
  }

  #poll(): void {
    let before = this.#list()
    this.#timer = setInterval(() => {
      const now = this.#list()
      if (now === undefined || inodeOf(this.#directory) !== this.#inode) {
        this.#events.gone()
        return
      }
      for (const [name, stamp] of now) if (before?.get(name) !== stamp) this.#events.changed(name)
      for (const name of before?.keys() ?? []) if (!now.has(name)) this.#events.changed(name)
      before = now
    }, this.#tools.pollMs)
  }

  /** Names to something that changes when they do. */
  #list(): ReadonlyMap<string, string> | undefined {
    try {
      const names = readdirSync(this.#directory, { recursive: this.recursive, encoding: 'utf8' })
      return new Map(names.map((name) => [name, stampOf(join(this.#directory, name))]))
    } catch {
      return undefined
    }
  }
}

const stampOf = (path: string): string => {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (stats === undefined) return ''
  return stats.isDirectory() ? `d${stats.ino}` : `${stats.ino} ${stats.mtimeNs} ${stats.size}`
}

const inodeOf = (path: string): bigint | undefined => {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino
  } catch {
    return undefined
  }
}
