/** Packages of mocks for tests: their files, and folders that commands work in. */
import { createHash } from 'node:crypto'
import type { Files } from './spawn-workspace.ts'

export interface PackageOptions {
  readonly name?: string
  readonly version?: string
  /** The interface's. */
  readonly mocks?: Files
  readonly manifest?: object
  readonly package?: object
  readonly spec?: string
}

export const orderMock = (name: string, body: string, path = "'/orders/{id}'"): string =>
  `mocks:\n  - name: ${name}\n    request: { method: GET, path: ${path} }\n    response: { body: ${body} }\n`

/** A whole package: orders 1.4.0 with one mock, unless told otherwise. */
export const mockPackage = (options: PackageOptions = {}): Files => {
  const {
    name = '@acme/orders-mocks',
    version = '1.4.0',
    mocks = { 'mocks/orders/1.4.0/orders.yaml': orderMock('order is found', '{ id: 42 }') },
    spec,
  } = options
  return {
    'package.json': JSON.stringify({
      name,
      version,
      files: ['mocks', 'specs', 'svc-mock-package.json'],
      ...options.package,
    }),
    'svc-mock-package.json': JSON.stringify({
      format: 1,
      tool: '0.1.0',
      library: ['mocks'],
      services: {
        orders: {
          protocol: 'http',
          versions: ['1.4.0'],
          mocks: 1,
          ...(spec !== undefined && {
            spec: { file: 'specs/orders.yaml', sha256: createHash('sha256').update(spec).digest('hex') },
          }),
        },
      },
      ...options.manifest,
    }),
    ...(spec !== undefined && { 'specs/orders.yaml': spec }),
    ...mocks,
  }
}
