/**
 * Watches folders, with everything below, and single files, and says in batches what changed. One watch per folder
 * on Linux, one recursive watch elsewhere. What was deleted and what appears again is followed; where the system has
 * no watch left, that folder is looked at every second.
 */
import { dirname, join } from 'node:path'
import { Batch } from './batch.ts'
import { FolderWatch, type WatchTools } from './folder-watch.ts'
import { nearestFolder, type Tree, walkFolders } from './walk.ts'

export interface WatcherOptions {
  /** Something worth a line, said once a kind. */
  readonly notice?: (text: string) => void
  /** Quiet time that ends a batch. */
  readonly quietMs?: number
  /** A batch is handed over after this, quiet or not. */
  readonly maxWaitMs?: number
  /** How often a folder without a watch is looked at. */
  readonly pollMs?: number
  /** One recursive watch per folder instead of one per directory. */
  readonly recursive?: boolean
  /** `fs.watch`, for tests. */
  readonly watch?: WatchTools['watch']
}

export interface Watcher {
  /** Nothing is reported afterwards. */
  close(): void
}

/**
 * `onChange` gets the absolute paths that were written, made or deleted; of a deleted folder, the folder. Neither
 * folders nor files need to exist. The file system is never read for what changed, so a path may be anything.
 */
export const watchFolders = (
  folders: readonly string[],
  files: readonly string[],
  onChange: (paths: ReadonlySet<string>) => void,
  options: WatcherOptions = {},
): Watcher => new FolderWatcher(folders, files, onChange, options)

class FolderWatcher implements Watcher {
  readonly #watches = new Map<string, FolderWatch>()
  readonly #folders: readonly string[]
  readonly #files: ReadonlySet<string>
  readonly #batch: Batch
  readonly #tools: WatchTools
  readonly #recursive: boolean

  constructor(
    folders: readonly string[],
    files: readonly string[],
    onChange: (paths: ReadonlySet<string>) => void,
    options: WatcherOptions,
  ) {
    this.#folders = folders
    this.#files = new Set(files)
    this.#recursive = options.recursive ?? process.platform !== 'linux'
    this.#batch = new Batch(onChange, options.quietMs ?? 15, options.maxWaitMs ?? 100)
    this.#tools = {
      notice: once(options.notice ?? (() => {})),
      pollMs: options.pollMs ?? 1000,
      ...(options.watch === undefined ? {} : { watch: options.watch }),
    }
    for (const folder of folders) this.#follow(folder, false)
    for (const file of files) this.#watchAbove(dirname(file))
  }

  close(): void {
    this.#batch.close()
    for (const watch of this.#watches.values()) watch.close()
    this.#watches.clear()
  }

  /** Watches a folder and all below it; `report`: their files are news. */
  #follow(folder: string, report: boolean): void {
    const tree = walkFolders(folder)
    if (tree === undefined) {
      this.#watchAbove(dirname(folder))
      return
    }
    if (this.#recursive) this.#open(folder, true)
    else for (const directory of tree.directories) this.#open(directory, false)
    this.#watchAbove(dirname(folder))
    if (!report) return
    this.#report(tree)
    // A file written between the listing and the watch shows only in a second listing.
    const again = walkFolders(folder)
    if (again === undefined) return
    this.#report(again)
    if (this.#recursive) return
    // A folder that only the second listing shows may have been filled before its watch: it needs two of its own.
    for (const directory of again.directories)
      if (!this.#watches.has(directory)) this.#follow(directory, true)
  }

  #report(tree: Tree): void {
    for (const file of tree.files) this.#batch.add(file)
  }

  /** So that the disappearing and appearing of what is in `folder`, or of `folder` itself, is noticed. */
  #watchAbove(folder: string): void {
    const existing = nearestFolder(folder)
    if (existing !== undefined) this.#open(existing, false)
  }

  #open(directory: string, recursive: boolean): void {
    const known = this.#watches.get(directory)
    if (known !== undefined && (known.recursive || !recursive)) return
    known?.close()
    const watch = new FolderWatch(directory, recursive, this.#tools, {
      changed: (name) => this.#changed(directory, name),
      gone: () => this.#gone(directory),
    })
    this.#watches.set(directory, watch)
  }

  #changed(directory: string, name: string | undefined): void {
    const path = name === undefined ? directory : join(directory, name)
    if (this.#files.has(path) || this.#isInside(path)) this.#batch.add(path)
    for (const file of this.#files) if (isUnder(file, path)) this.#appeared(file)
    for (const folder of this.#folders) {
      if (path === folder || isUnder(folder, path)) this.#follow(folder, true)
      else if (isUnder(path, folder) && !this.#recursive) this.#newDirectory(path)
    }
  }

  #appeared(file: string): void {
    this.#watchAbove(dirname(file))
    this.#batch.add(file)
  }

  #newDirectory(path: string): void {
    const tree = walkFolders(path)
    if (tree !== undefined && !this.#watches.has(path)) this.#follow(path, true)
  }

  /** A watch whose directory was deleted or replaced is of no use any more. */
  #gone(directory: string): void {
    for (const [path, watch] of this.#watches) {
      if (path !== directory && !isUnder(path, directory)) continue
      watch.close()
      this.#watches.delete(path)
    }
    if (this.#isInside(directory)) this.#batch.add(directory)
    for (const folder of this.#folders) {
      if (folder === directory || isUnder(folder, directory)) this.#follow(folder, true)
      else if (isUnder(directory, folder) && walkFolders(directory) !== undefined)
        this.#follow(directory, true)
    }
    for (const file of this.#files) if (isUnder(file, directory)) this.#appeared(file)
  }

  #isInside(path: string): boolean {
    return this.#folders.some((folder) => path === folder || isUnder(path, folder))
  }
}

const isUnder = (path: string, folder: string): boolean =>
  path.length > folder.length &&
  path.startsWith(folder) &&
  (path[folder.length] === '/' || path[folder.length] === '\\')

const once = (notice: (text: string) => void): ((kind: string, text: string) => void) => {
  const said = new Set<string>()
  return (kind, text) => {
    if (said.has(kind)) return
    said.add(kind)
    notice(text)
  }
}
