/** Names of mocks: once per file, short, and readable. */
import type { MadeMock } from '../generated-file.ts'

export const named = (mocks: readonly MadeMock[]): readonly MadeMock[] => {
  const taken = new Set<string>()
  return mocks.map((mock) => {
    const plain = cleanName(mock.name)
    let name = plain
    for (let n = 2; taken.has(name); n++) name = `${plain} (${n})`
    taken.add(name)
    return { ...mock, name }
  })
}

export const cleanName = (name: string): string =>
  name
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 120)
    .trim() || 'mock'

/** As names of services are written. */
export const serviceName = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '') || 'service'
