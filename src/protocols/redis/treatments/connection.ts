/** Commands about the connection: who it is, and what it is told of changed keys. */
import { array, type Resp, types } from '../resp/value.ts'
import { type Connection, type Treatment, word } from './treatment.ts'

const defaultUser = Buffer.from('default')

/** `<tenant>@<rest>`; undefined: it names none. */
const named = (text: Buffer): { readonly tenant: string; readonly rest: Buffer } | undefined => {
  const at = text.indexOf(64)
  return at < 0 ? undefined : { tenant: text.toString('latin1', 0, at), rest: text.subarray(at + 1) }
}

/** AUTH <tenant>@<user> <password>; without a user it is the default one, without password too nothing is passed on. */
export const auth: Treatment = {
  request: (args, connection) => {
    const user = connection.tenantFrom === 'auth' && args.length === 3 ? named(args[1]!) : undefined
    if (user === undefined) return [...args]
    connection.become(user.tenant)
    if (user.rest.length > 0) return [args[0]!, user.rest, args[2]!]
    return args[2]!.length > 0 ? [args[0]!, defaultUser, args[2]!] : [Buffer.from('PING')]
  },
  // The PING above.
  reply: (reply) =>
    reply.text?.toString('latin1') === 'PONG' ? { ...reply, text: Buffer.from('OK') } : reply,
}

/** HELLO <version> AUTH <user> <password> SETNAME <name>, either of which may name the tenant. */
export const hello: Treatment = {
  request: (args, connection) => {
    const wire: Buffer[] = args.slice(0, 2)
    for (let i = 2; i < args.length; i++) {
      const option = word(args, i)
      if (option === 'AUTH' && i + 2 < args.length) {
        const user = connection.tenantFrom === 'auth' ? named(args[i + 1]!) : undefined
        if (user !== undefined) connection.become(user.tenant)
        const rest = user === undefined ? args[i + 1]! : user.rest
        // Without user and password there is nothing to authenticate.
        if (user === undefined || rest.length > 0 || args[i + 2]!.length > 0)
          wire.push(args[i]!, rest.length > 0 ? rest : defaultUser, args[i + 2]!)
        i += 2
      } else if (option === 'SETNAME' && i + 1 < args.length) {
        wire.push(args[i]!, nameOf(args[++i]!, connection))
      } else wire.push(args[i]!)
    }
    return wire
  },
}

const nameOf = (name: Buffer, connection: Connection): Buffer => {
  const found = connection.tenantFrom === 'name' ? named(name) : undefined
  if (found === undefined) return name
  connection.become(found.tenant)
  return found.rest
}

export const client: Treatment = {
  request: (args, connection) => {
    const asked = word(args, 1)
    if (asked === 'SETNAME' && args.length === 3) return [args[0]!, args[1]!, nameOf(args[2]!, connection)]
    return asked === 'TRACKING' ? tracking(args, connection) : [...args]
  },
  reply: (reply, args, connection) =>
    word(args, 1) === 'TRACKINGINFO' ? trackingInfo(reply, connection) : reply,
}

/** With BCAST the server tells of all keys that begin so: of the tenant's alone. */
const tracking = (args: readonly Buffer[], { names }: Connection): Buffer[] => {
  const wire: Buffer[] = []
  let broadcast = false
  let prefixes = 0
  for (let i = 0; i < args.length; i++) {
    const option = i < 2 ? '' : word(args, i)
    if (option === 'BCAST') broadcast = true
    wire.push(args[i]!)
    if (option === 'REDIRECT' && i + 1 < args.length) wire.push(args[++i]!)
    if (option === 'PREFIX' && i + 1 < args.length) {
      prefixes++
      wire.push(
        names.cluster && !names.lane.baseline ? names.prefix : Buffer.concat([names.prefix, args[++i]!]),
      )
    }
  }
  if (broadcast && prefixes === 0 && !names.lane.baseline) wire.push(Buffer.from('PREFIX'), names.prefix)
  return wire
}

const trackingInfo = (reply: Resp, { names }: Connection): Resp => {
  const at = (reply.items ?? []).findIndex(({ text }) => text?.toString('latin1') === 'prefixes')
  const prefixes = reply.items?.[at + 1]?.items
  if (at < 0 || prefixes === undefined) return reply
  const shown = prefixes.map((prefix) => ({ ...prefix, text: names.hide(prefix.text ?? Buffer.alloc(0)) }))
  return {
    ...reply,
    items: reply.items!.map((item, i) => (i === at + 1 ? array(shown, item.type) : item)),
  }
}

/** Keys in an invalidation that the tenant knows; undefined: none of them. null means all. */
export const invalidated = (keys: Resp, { names }: Pick<Connection, 'names'>): Resp | undefined => {
  if (keys.items === undefined) return keys
  const items = keys.items.flatMap((key) => {
    const seen = key.text === undefined ? undefined : names.seen(key.text)
    return seen === undefined ? [] : [{ ...key, text: seen }]
  })
  return items.length === 0 ? undefined : { type: types.array, text: undefined, items }
}
