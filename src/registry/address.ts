/** Where a mock package comes from, as `library:` of svc-mock.yaml and the command line write it. */
import { validRange } from 'semver'
import { withoutCredentials as shown } from '../core/credentials.ts'

/** A package of an npm registry. `range`: a semver range or a dist-tag; `latest` where none is written. */
export interface NpmAddress {
  readonly kind: 'npm'
  /** As written: the key in svc-mock.lock. */
  readonly text: string
  readonly name: string
  readonly range: string
}

/** A git repository. */
export interface GitAddress {
  readonly kind: 'git'
  /** As written: the key in svc-mock.lock. */
  readonly text: string
  /** As git takes it, without `git+` and without the reference. */
  readonly url: string
  /** A branch, a tag or a whole commit; undefined: what HEAD of the repository names. */
  readonly ref: string | undefined
}

export type LibraryAddress = NpmAddress | GitAddress

export type ParsedAddress =
  | { readonly ok: true; readonly value: LibraryAddress }
  | { readonly ok: false; readonly message: string; readonly hint: string }

const wrong = (message: string, hint: string): ParsedAddress => ({ ok: false, message, hint })

/** Whether an entry of `library:` is meant as an address; anything else is a folder. */
export const isAddress = (entry: string): boolean =>
  /^(?:npm:|git\+|git:|git@|ssh:|github:|gitlab:|bitbucket:|https?:)/.test(entry)

const forms = 'npm:<name>@<range>, git+https://<host>/<path>.git#<branch> or git+ssh://…'

/** Nothing is asked: neither whether the package exists nor whether the range can be met. */
export const parseAddress = (text: string): ParsedAddress => {
  if (text.startsWith('npm:')) return parseNpm(text)
  if (text.startsWith('git+')) return parseGit(text)
  if (/^https?:/.test(text))
    return wrong(
      `${shown(text)} does not say what it is an address of`,
      `of a git repository: git+${shown(text)}`,
    )
  if (/^(?:git|ssh):\/\//.test(text))
    return wrong(
      `${shown(text)} is no address of a library`,
      `write git+ssh://<user>@<host>/<path>.git#<branch>`,
    )
  if (text.startsWith('git@')) {
    const [host = '', path = ''] = text.slice(4).split(/:(.*)/s)
    return wrong(`${text} is no address of a library`, `write git+ssh://git@${host}/${path}`)
  }
  return wrong(`${shown(text)} is no address of a library`, `known forms: ${forms}`)
}

/** Names as npm takes them today (validate-npm-package-name, "new packages"), and nothing that a shell could read. */
const npmName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/
const maxNameLength = 214
const tagName = /^[A-Za-z][\w.-]*$/

const parseNpm = (text: string): ParsedAddress => {
  const spec = text.slice('npm:'.length)
  const at = spec.indexOf('@', 1)
  const name = at < 0 ? spec : spec.slice(0, at)
  const range = at < 0 ? 'latest' : spec.slice(at + 1).trim()
  if (!npmName.test(name) || name.length > maxNameLength)
    return wrong(
      `${name === '' ? text : name} is no name of an npm package`,
      'names are lower case: npm:orders-mocks@^1.4 or npm:@acme/orders-mocks@^1.4',
    )
  if (range === '' || (validRange(range) === null && !tagName.test(range)))
    return wrong(
      `${range === '' ? `nothing behind ${name}@` : range} is neither a range of versions nor a dist-tag`,
      `write npm:${name}@^1.4, or npm:${name}@next`,
    )
  return { ok: true, value: { kind: 'npm', text, name, range } }
}

/** A dist-tag cannot look like a range (npm-dist-tag(1)), so that this is no question of what exists. */
export const isDistTag = (range: string): boolean => validRange(range) === null

/** git-check-ref-format(1), narrower: no names that begin with a dash or hold what a shell or a revision would read. */
const refName = /^(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)))[A-Za-z0-9_][\w./@+-]*(?<![./])$/

const parseGit = (text: string): ParsedAddress => {
  const cut = text.indexOf('#')
  const plain = (cut < 0 ? text : text.slice(0, cut)).slice('git+'.length)
  const ref = cut < 0 ? undefined : text.slice(cut + 1)
  const url = URL.parse(plain)
  if (url === null || !/^(?:https?|ssh|file):$/.test(url.protocol))
    return wrong(
      `${shown(text)} is no address of a git repository`,
      'write git+https://<host>/<path>.git#<branch>, or git+ssh://…',
    )
  if (url.password !== '' || (url.username !== '' && url.protocol !== 'ssh:'))
    return wrong(
      `${shown(text)} is written with a user or password, which everybody who has the file could read`,
      `write git+${shown(plain)}; git itself knows credentials (credential helper, ssh agent)`,
    )
  if (
    /\s/.test(plain) ||
    /^-/.test(url.hostname) ||
    /^-/.test(url.username) ||
    url.pathname.length < 2 ||
    (url.host === '' && url.protocol !== 'file:')
  )
    return wrong(`${shown(text)} names no repository`, 'write git+https://<host>/<path>.git#<branch>')
  if (ref !== undefined && !refName.test(ref))
    return wrong(
      `${ref === '' ? 'nothing behind #' : ref} is no branch, tag or commit`,
      `write git+${plain}#main; of a commit, all 40 digits`,
    )
  if (ref !== undefined && /^[0-9a-f]{7,39}$/.test(ref))
    return wrong(`${ref} is the beginning of a commit only`, 'write all 40 digits, or a branch or tag')
  return { ok: true, value: { kind: 'git', text, url: plain, ref } }
}
