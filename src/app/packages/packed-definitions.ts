/** Interface definitions that a package brings for its own mocks, as its manifest names them. */
import { join } from 'node:path'
import type { ServiceConfig } from '../../config/config.ts'
import { type PackageManifest, specFiles } from '../../registry/manifest.ts'
import { providerConfig } from '../contract/provider-config.ts'
import { ServiceDefinitions } from '../definitions.ts'

/** Absolute: descriptor sets and .proto files; what they import is found among them. */
export const packedProto = (
  folder: string,
  service: PackageManifest['services'][string],
): readonly { readonly path: string; readonly shown: string }[] =>
  specFiles(service)
    .filter(({ file }) => /\.(?:proto|binpb|desc|pb|protoset)$/.test(file))
    .map(({ file }) => ({ path: join(folder, ...file.split('/')), shown: file }))

/** Nothing is thrown for what is wrong in them. */
export const packedDefinitions = async (
  folder: string,
  services: PackageManifest['services'],
): Promise<ServiceDefinitions> => {
  const configs = Object.entries(services).flatMap(([name, service]): ServiceConfig[] => {
    const proto = packedProto(folder, service)
    if (service.protocol !== 'grpc' || proto.length === 0) return []
    const asked = { name, protocol: 'grpc', provider, proto, importPaths: [] } as const
    return [...providerConfig(folder, asked, {}, undefined).services]
  })
  const none = { name: '', protocol: 'grpc', provider, proto: [], importPaths: [] } as const
  return ServiceDefinitions.load({ ...providerConfig(folder, none, {}, undefined), services: configs })
}

/** Never called. */
const provider = new URL('http://provider.invalid')
