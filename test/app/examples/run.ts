/** Examples of files written for one test, run in this process. */
import { testMocks } from '../../../src/app/examples/test-mocks.ts'
import type { TestedExample, TestView } from '../../../src/app/examples/test-view.ts'
import { openWorkspace } from '../../../src/app/workspace.ts'
import { workspace } from '../../support/workspace.ts'

export const services = `services:
  orders: { hosts: [orders.test.example.com] }
  stock: {}
`

/** `files`: path below the workspace to text; a single text is `mocks/orders/1.0.0/a.yaml`. */
export const tested = async (
  files: string | Readonly<Record<string, string>>,
  options: { readonly name?: string; readonly paths?: readonly string[] } = {},
): Promise<TestView> => {
  const written = typeof files === 'string' ? { 'mocks/orders/1.0.0/a.yaml': files } : files
  const { folder } = workspace({ 'svc-mock.yaml': services, ...written })
  const { config } = openWorkspace({ cwd: folder, env: {} })
  const paths = (options.paths ?? []).map((path) => `${folder}/${path}`)
  return testMocks(config, { paths, name: options.name })
}

/** `name: ok`, or `name: clause expected … got …` for each condition that does not hold. */
export const shortly = ({ examples }: TestView): string[] => examples.map(oneLine)

const oneLine = ({ name, failure }: TestedExample): string =>
  failure === undefined
    ? `${name}: ok`
    : `${name}: ${failure.unexpected.map(({ clause, expected, actual }) => `${clause} expected ${expected} got ${actual}`).join('; ')}`
