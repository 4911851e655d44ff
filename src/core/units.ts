/** Durations and rates as people write them. Each gives a number, or undefined for what is none. */

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** `300ms`, `2s`, `1.5s`, `10m`, `1h`: in milliseconds. */
export const parseDuration = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(text.trim())
  return match === null ? undefined : Math.round(Number(match[1]) * milliseconds[match[2]!]!)
}

const bytes: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/** `20kB/s`, `1MB/s`: in bytes a second; a unit is always 1024 times the one before. */
export const parseBandwidth = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?)i?b\/s$/i.exec(text.trim())
  const rate = match === null ? 0 : Math.floor(Number(match[1]) * bytes[match[2]!.toLowerCase()]!)
  return rate < 1 ? undefined : rate
}

export const shownDuration = (ms: number): string => {
  for (const unit of ['h', 'm', 's'] as const) {
    if (ms >= milliseconds[unit]! && ms % milliseconds[unit]! === 0)
      return `${ms / milliseconds[unit]!} ${unit}`
  }
  return `${Math.round(ms)} ms`
}
