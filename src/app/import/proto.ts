/** `svc-mock import proto <file or folder>`: one mock for each method, with a made-up answer of its type. */
import { basename, join, relative, resolve, sep } from 'node:path'
import type { Config } from '../../config/config.ts'
import { chanceFrom } from '../../core/chance.ts'
import { SvcMockError } from '../../core/errors.ts'
import { allServices, ProtoFiles } from '../../protocols/grpc/definitions/proto-files.ts'
import type { Service, Type } from '../../protocols/grpc/definitions/protobuf.ts'
import { sampleMessage } from '../../protocols/grpc/definitions/sample.ts'
import { fileName, folderName } from '../../record/file-names.ts'
import type { MadeFile, MadeMock } from './generated-file.ts'
import { writeGenerated } from './generated-library.ts'
import { type GenerateWishes, type ImportedContract, libraryOf, seedOf } from './openapi.ts'

/** `path`: relative to the working directory. Rejects with CONTRACT_INVALID when it has a mistake, or no service. */
export const importProto = async (
  path: string,
  config: Config,
  wishes: GenerateWishes,
): Promise<ImportedContract> => {
  const full = resolve(path)
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
  const service = wishes.service ?? serviceOf(full, config, services[0]!)
  const version = wishes.version ?? '1.0.0'
  const source = relative(config.root, full).split(sep).join('/') || basename(full)
  const made = new Map<string, MadeFile>()
  const left: string[] = []
  for (const one of services) {
    for (const mock of mocksOf(one, wishes.seed, left))
      made.set(`${fileName(mock.name.split('/'))}.yaml`, {
        source,
        head: { service, version, protocol: 'grpc' },
        mocks: [mock],
      })
  }
  const folder = join(libraryOf(config), folderName(service), folderName(version))
  return {
    service,
    version,
    folder: relative(config.root, folder).split(sep).join('/'),
    operations: services.reduce((sum, { methodsArray }) => sum + methodsArray.length, 0),
    ...writeGenerated(folder, made, source),
    left,
    problems,
  }
}

const mocksOf = (service: Service, seed: string, left: string[]): readonly MadeMock[] =>
  service.methodsArray.flatMap((method) => {
    const name = `${service.fullName.slice(1)}/${method.name}`
    const { resolvedRequestType: input, resolvedResponseType: output } = method
    if (input === null || output === null) {
      left.push(`${name}: its messages are not known`)
      return []
    }
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
