/**
 * What the package publishes besides the program: `svc-mock/<name>` is `src/entries/<name>/index.ts`. The build makes a bundle and type
 * declarations of each, package.json's `exports` names them, and scripts/check-package.ts uses them as a stranger would.
 */
export interface EntryPoint {
  readonly name: string
  /** Optional peer dependencies that it imports: never bundled. */
  readonly peers: readonly string[]
  /** It runs in browsers, too, so its bundle has nothing of node. */
  readonly browser?: true
}

export const entryPoints: readonly EntryPoint[] = [
  { name: 'node', peers: [] },
  { name: 'msw', peers: ['msw'], browser: true },
  { name: 'msw/vite', peers: ['vite'] },
  { name: 'vitest', peers: ['vitest'] },
  { name: 'vitest/setup', peers: ['vitest'] },
  { name: 'nock', peers: ['nock'] },
]
