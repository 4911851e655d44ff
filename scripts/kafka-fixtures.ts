/**
 * Writes test/protocols/kafka/{messages,records}/java-client.txt.gz with Kafka's own client, which java must be there for:
 * node scripts/kafka-fixtures.ts <jars of 4.x> <jars of 3.9>
 *
 * Each folder holds kafka-clients and what it needs: slf4j-api, jackson-databind, -core and -annotations; that of 4.x also lz4-java, snappy-java, zstd-jni.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { apiOf } from '../src/protocols/kafka/messages/index.ts'

const [newJars, oldJars] = process.argv.slice(2)
if (newJars === undefined || oldJars === undefined) {
  console.error('usage: node scripts/kafka-fixtures.ts <jars of Kafka 4.x> <jars of Kafka 3.9>')
  process.exit(2)
}

const linesOf = (jars: string, program: string): string[] => {
  const classes = mkdtempSync(join(tmpdir(), 'kafka-fixtures-'))
  const path = [classes, ...readdirSync(jars).map((jar) => join(jars, jar))].join(delimiter)
  const source = join(import.meta.dirname, 'kafka-fixtures', `${program}.java`)
  execFileSync('javac', ['-nowarn', '-cp', path, '-d', classes, source], { stdio: 'ignore' })
  const stdout = execFileSync('java', ['-cp', path, program], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  rmSync(classes, { recursive: true })
  return stdout.trim().split('\n')
}

const write = (folder: string, lines: readonly string[]): void => {
  const file = join(import.meta.dirname, '../test/protocols/kafka', folder, 'java-client.txt.gz')
  writeFileSync(file, gzipSync(`${lines.join('\n')}\n`, { level: 9 }))
  console.log(`${file}: ${lines.length} lines`)
}

const formOf = (line: string): string => line.split(' ', 3).join(' ')
const isKnown = (line: string): boolean => {
  const [key, , version] = line.split(' ')
  const api = apiOf(Number(key))
  return api !== undefined && Number(version) >= api.min && Number(version) <= api.max
}

const newer = [...linesOf(newJars, 'DumpMessages'), ...linesOf(newJars, 'DumpNullable')].filter(isKnown)
const forms = new Set(newer.map(formOf))
// What 4.0 removed.
const removed = linesOf(oldJars, 'DumpMessages').filter((line) => isKnown(line) && !forms.has(formOf(line)))
write('messages', [...newer, ...removed])
write('records', linesOf(newJars, 'DumpRecords'))
