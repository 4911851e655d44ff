/** Paths of the page's own origin that stand for addresses of services. */
import type { HandlerOptions } from './public.ts'

/** The address that is meant; the same where none is mapped. */
export type Meant = (url: string) => string

export const ownPaths = ({ paths, origin }: HandlerOptions): Meant => {
  if (paths === undefined) return (url) => url
  const own = origin ?? (globalThis as { location?: Location }).location?.origin
  const mapped = Object.entries(paths)
    .map(([path, address]) => ({ path: withoutSlash(path), address: withoutSlash(checked(path, address)) }))
    // The longest that fits is meant.
    .sort((a, b) => b.path.length - a.path.length)
  return (url) => {
    const { origin: asked, pathname, search } = new URL(url)
    if (own !== undefined && asked !== own) return url
    const found = mapped.find(({ path }) => pathname === path || pathname.startsWith(`${path}/`))
    return found === undefined ? url : `${found.address}${pathname.slice(found.path.length) || '/'}${search}`
  }
}

const withoutSlash = (text: string): string => text.replace(/\/+$/, '')

const checked = (path: string, address: string): string => {
  if (path.startsWith('/') && /^https?:\/\/[^/?#]+[^?#]*$/i.test(address)) return address
  throw new TypeError(
    `svc-mock/msw: paths: ${JSON.stringify(path)}: ${JSON.stringify(address)} is no path and address: write { '/api/orders': 'http://orders.test.example.com' }`,
  )
}
