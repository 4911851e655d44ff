/**
 * The nodes of a cluster, each with a port of ours: what a cluster says of their addresses, in replies and in redirections, is
 * replaced, so that clients come here for each of them.
 */
import { array, bulk, integer, type Resp } from './resp/value.ts'

export interface NodeAddress {
  readonly host: string
  readonly port: number
}

/** Opens a port for a node of the cluster. */
export type OpenPort = (node: NodeAddress) => Promise<NodeAddress>

export class ClusterNodes {
  private readonly openPort: OpenPort
  /** Where the service's own address leads: for nodes that do not know their own. */
  private readonly seed: NodeAddress
  /** By the node's `host:port`; ours, once it is open. */
  private readonly ports = new Map<string, Promise<NodeAddress>>()
  private readonly open = new Map<string, NodeAddress>()

  constructor(seed: NodeAddress, openPort: OpenPort) {
    this.seed = seed
    this.openPort = openPort
  }

  /** An error for the client; the text without `-`. MOVED and ASK name our port. */
  error(text: string): string {
    const match = /^(MOVED|ASK) (\d+) (.*):(\d+)$/.exec(text)
    if (match === null) return text
    const [, kind, slot, host, port] = match
    const node = this.node(host!, Number(port))
    const ours = this.open.get(nameOf(node))
    if (ours !== undefined) return `${kind} ${slot} ${nameOf(ours)}`
    // Clients of clusters ask again after this, and by then the port is open.
    this.port(node).catch(() => undefined)
    return 'TRYAGAIN svc-mock opens a port for a node that is new'
  }

  /** The reply to CLUSTER SLOTS, SHARDS or NODES. Rejects with SvcMockError when a port cannot be opened. */
  topology(kind: string, reply: Resp): Promise<Resp> {
    if (kind === 'SLOTS') return this.slots(reply)
    return kind === 'SHARDS' ? this.shards(reply) : this.lines(reply)
  }

  /** `[first, last, [host, port, id, …], …]` for each range. */
  private async slots(reply: Resp): Promise<Resp> {
    return mapItems(reply, (range) =>
      mapItems(range, async (item, i) => {
        if (i < 2 || item.items === undefined) return item
        const [host, port, id] = item.items
        const ours = await this.port(this.node(textOf(host), Number(textOf(port))))
        return array([bulk(ours.host), integer(ours.port), ...(id === undefined ? [] : [id])])
      }),
    )
  }

  /** Maps with `nodes`, which are maps with `ip`, `endpoint` and `port`. */
  private async shards(reply: Resp): Promise<Resp> {
    return mapItems(reply, (shard) =>
      mapFields(shard, (name, value) =>
        name !== 'nodes' ? value : mapItems(value, (node) => this.shardNode(node)),
      ),
    )
  }

  private async shardNode(node: Resp): Promise<Resp> {
    const fields = new Map<string, string>()
    await mapFields(node, (name, value) => {
      fields.set(name, textOf(value))
      return value
    })
    const host = fields.get('ip') || fields.get('endpoint') || ''
    const ours = await this.port(this.node(host, Number(fields.get('port') ?? fields.get('tls-port'))))
    return mapFields(node, (name, value) => {
      if (name === 'port' || name === 'tls-port') return integer(ours.port)
      return name === 'ip' || name === 'endpoint' || name === 'hostname' ? bulk(ours.host) : value
    })
  }

  /** `<id> <host>:<port>@<bus>[,<hostname>] <flags> …` */
  private async lines(reply: Resp): Promise<Resp> {
    const lines = (reply.text?.toString() ?? '').split('\n')
    const ours = await Promise.all(
      lines.map(async (line) => {
        const match = /^(\S+) (\S*):(\d+)@(\d+)\S* (.*)$/.exec(line)
        if (match === null) return line
        const [, id, host, port, bus, rest] = match
        return `${id} ${nameOf(await this.port(this.node(host!, Number(port))))}@${bus} ${rest}`
      }),
    )
    return { ...reply, text: Buffer.from(ours.join('\n')) }
  }

  private node(host: string, port: number): NodeAddress {
    return { host: host === '' || host === '?' ? this.seed.host : host, port }
  }

  private port(node: NodeAddress): Promise<NodeAddress> {
    const name = nameOf(node)
    const known = this.ports.get(name)
    if (known !== undefined) return known
    const opening = this.openPort(node).then((ours) => {
      this.open.set(name, ours)
      return ours
    })
    opening.catch(() => this.ports.delete(name))
    this.ports.set(name, opening)
    return opening
  }
}

const nameOf = ({ host, port }: NodeAddress): string => `${host}:${port}`
const textOf = (reply: Resp | undefined): string => reply?.text?.toString() ?? ''

type Change<T extends unknown[]> = (...args: T) => Resp | Promise<Resp>

const mapItems = async (reply: Resp, change: Change<[Resp, number]>): Promise<Resp> =>
  reply.items === undefined ? reply : { ...reply, items: await Promise.all(reply.items.map(change)) }

/** Names and values in turns, as a map or as an array. */
const mapFields = (reply: Resp, change: Change<[string, Resp]>): Promise<Resp> =>
  mapItems(reply, (item, i) => (i % 2 === 0 ? item : change(textOf(reply.items![i - 1]), item)))
