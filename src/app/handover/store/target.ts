/** Where contracts are handed over: a folder, a git repository, or a Pact Broker. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { withoutCredentials } from '../../../core/credentials.ts'

export type Target =
  | { readonly kind: 'folder'; readonly folder: string; readonly shown: string }
  | {
      readonly kind: 'git'
      readonly url: string
      /** undefined: the one that the repository's HEAD names. */
      readonly branch: string | undefined
      readonly shown: string
    }
  | { readonly kind: 'broker'; readonly url: string; readonly shown: string }

/**
 * `https://…` is a broker unless its path ends with `.git` or it is written `git+https://…`; `ssh://`, `git://`, `file://` and
 * `user@host:path` are git, and so is a path that ends with `.git`. A branch may stand behind `#`.
 */
export const parseTarget = (text: string, cwd: string): Target => {
  const [plain = '', branch] = splitBranch(text.replace(/^git\+/, ''))
  const url = URL.parse(plain)
  const isWeb = url !== null && /^https?:$/.test(url.protocol)
  const isGit =
    text.startsWith('git+') ||
    /^(?:ssh|git|file):\/\//.test(plain) ||
    /^[^/\\@:]+@[^/\\:]+:/.test(plain) ||
    (isWeb && /\.git\/?$/.test(url.pathname))
  const shown = withoutCredentials(plain)
  if (isGit) return { kind: 'git', url: plain, branch, shown }
  if (isWeb) return { kind: 'broker', url: text, shown: withoutCredentials(text) }
  const path = resolve(cwd, plain)
  if (/\.git[/\\]?$/.test(plain) && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    return { kind: 'git', url: pathToFileURL(path).href, branch, shown }
  return { kind: 'folder', folder: resolve(cwd, text), shown: text }
}

const splitBranch = (text: string): readonly [string, string | undefined] => {
  const at = text.lastIndexOf('#')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1) || undefined]
}
