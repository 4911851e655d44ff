/** `svc-mock import proto <file or folder>`: one mock for each method, with a made-up answer of its type. */
import { basename, relative, resolve, sep } from 'node:path'
import type { Config } from '../../../config/config.ts'
import { chanceFrom } from '../../../core/chance.ts'
import { SvcMockError } from '../../../core/errors.ts'
import { allServices, ProtoFiles } from '../../../protocols/grpc/definitions/proto-files.ts'
import type { Service, Type } from '../../../protocols/grpc/definitions/protobuf.ts'
import { sampleMessage } from '../../../protocols/grpc/definitions/sample.ts'
import { fileName } from '../../../record/file-names.ts'
import type { Entry, ImportContext, MockFormat, ReadFile, ReadSource } from '../format.ts'
import type { MadeMock } from '../generated-file.ts'
import { seedOf } from '../openapi/openapi.ts'

/** Throws CONTRACT_INVALID when it has a mistake, or no service. */
const readProto = (path: string, { config, cwd, ...wishes }: ImportContext): ReadSource => {
  const full = resolve(cwd, path)
  const files = new ProtoFiles(config.root, [])
  files.add({ path: full, shown: path })
  files.resolve()
  const { problems } = files
  if (problems.some(({ severity }) => severity === 'error'))
    throw new SvcMockError('CONTRACT_INVALID', `${path} could not be used`, { details: { problems } })
  const services = [...allServices(files.root)].filter(({ fullName }) => !/^\.grpc\./.test(fullName))
  if (services.length === 0)
    throw new SvcMockError('CONTRACT_INVALID', `${path} defines no service`, {
      hint: 'name the .proto file, or the folder, that has service { … }',
    })
  const made = new Map<string, ReadFile>()
  const entries: Entry[] = []
  for (const one of services) {
    for (const mock of mocksOf(one, wishes.seed, entries))
      made.set(`${fileName(mock.name.split('/'))}.yaml`, { head: { protocol: 'grpc' }, mocks: [mock] })
  }
  return {
    service: wishes.service ?? serviceOf(full, config, services[0]!),
    version: wishes.version ?? '1.0.0',
    source: relative(config.root, full).split(sep).join('/') || basename(full),
    files: made,
    entries,
    problems,
  }
}

export const protoFormat: MockFormat = {
  kind: 'mocks',
  name: 'proto',
  summary: 'one mock for each method of .proto files',
  thing: 'operation',
  read: readProto,
}

const mocksOf = (service: Service, seed: string, entries: Entry[]): readonly MadeMock[] =>
  service.methodsArray.flatMap((method) => {
    const name = `${service.fullName.slice(1)}/${method.name}`
    // protobufjs keeps no lines.
    const at = undefined
    const { resolvedRequestType: input, resolvedResponseType: output } = method
    if (input === null || output === null) {
      entries.push({ outcome: 'not possible', name, at, notes: [{ text: 'its messages are not known' }] })
      return []
    }
    entries.push({ outcome: 'taken', name, at, notes: [] })
    const message = sampleMessage(output, chanceFrom(seedOf(seed)(name)))
    const response = method.responseStream === true ? { messages: [{ message }] } : { message }
    return [
      { name, request: { method: name, ...conditions(input, method.requestStream === true) }, response },
    ]
  })

/** Only proto2 knows fields that must be there. */
const conditions = (input: Type, streams: boolean): object => {
  const required = input.fieldsArray.filter((field) => field.required)
  if (streams || required.length === 0) return {}
  return { message: Object.fromEntries(required.map(({ name }) => [name, { $absent: false }])) }
}

const serviceOf = (path: string, { services }: Config, first: Service): string => {
  const grpc = services.filter(({ protocol }) => protocol === 'grpc')
  const own = grpc.find(({ proto }) => proto?.files.some((file) => file.path === path) === true)
  if (own !== undefined) return own.name
  return grpc.length === 1 ? grpc[0]!.name : first.name.toLowerCase()
}
