/** IP addresses and CIDR ranges as numbers. An IPv4 address mapped into IPv6 (`::ffff:10.1.2.3`) is the IPv4 address. */

export interface Ip {
  readonly bits: 32 | 128
  readonly value: bigint
}

export interface Cidr {
  readonly bits: 32 | 128
  readonly base: bigint
  readonly prefix: number
}

/** Only the usual notations; `0x7f.1` and `010.0.0.1` are names. A zone (`%eth0`) is dropped. */
export const parseIp = (text: string): Ip | undefined => {
  if (ipv4.test(text)) return { bits: 32, value: ipv4Value(text) }
  if (!isIpv6(text)) return undefined
  const value = ipv6Value(text.split('%', 1)[0]!)
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value }
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`)

/** RFC 4291 section 2.2, with a zone (RFC 4007 section 11) if there is one. */
const isIpv6 = (text: string): boolean => {
  const [address = '', zone, ...more] = text.split('%')
  if (more.length > 0 || (zone !== undefined && !/^[\dA-Za-z.:-]+$/.test(zone))) return false
  const dotted = /^(.*:)([^:]*\.[^:]*)$/.exec(address)
  if (dotted !== null && !ipv4.test(dotted[2]!)) return false
  // The dotted part stands for two groups.
  const plain = dotted === null ? address : `${dotted[1]}0:0`
  const halves = plain.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return false
  return halves.length === 2 ? groups.length < 8 : groups.length === 8
}

/** undefined when it is none; bits beyond the prefix are cleared. */
export const parseCidr = (text: string): Cidr | undefined => {
  const match = /^([0-9a-fA-F:.]+)\/(\d{1,3})$/.exec(text)
  const ip = match === null ? undefined : parseIp(match[1]!)
  if (ip === undefined) return undefined
  const mapped = ip.bits === 32 && match![1]!.includes(':')
  const prefix = Number(match![2]) - (mapped ? 96 : 0)
  if (prefix < 0 || prefix > ip.bits) return undefined
  const drop = BigInt(ip.bits - prefix)
  return { bits: ip.bits, base: (ip.value >> drop) << drop, prefix }
}

export const inCidr = (ip: Ip, cidr: Cidr): boolean => {
  const drop = BigInt(cidr.bits - cidr.prefix)
  return ip.bits === cidr.bits && ip.value >> drop === cidr.base >> drop
}

/** One spelling for each address, so that equal addresses are equal texts. */
export const formatIp = (ip: Ip): string => {
  if (ip.bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (ip.value >> shift) & 0xffn).join('.')
  const groups: string[] = []
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(((ip.value >> shift) & 0xffffn).toString(16))
  return groups.join(':')
}

const ipv4Value = (text: string): bigint =>
  text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n)

const ipv6Value = (text: string): bigint => {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const tail = dotted === null ? 0n : ipv4Value(dotted[2]!)
  const plain =
    dotted === null ? text : `${dotted[1]}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`
  const [head, rest] = plain.split('::') as [string, string | undefined]
  const left = head === '' ? [] : head.split(':')
  const right = rest === undefined || rest === '' ? [] : rest.split(':')
  const middle = rest === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array.from({ length: middle }, () => '0'), ...right]
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}
