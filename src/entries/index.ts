/**
 * What the package publishes besides the program: `svc-mock/<name>` is `src/entries/<name>/index.ts`. The build makes a bundle and type
 * declarations of each, package.json's `exports` names them, and scripts/check-package.ts uses them as a stranger would.
 */
export interface EntryPoint {
  readonly name: string
  /** Optional peer dependencies that it imports: never bundled. */
  readonly peers: readonly string[]
}

export const entryPoints: readonly EntryPoint[] = [{ name: 'node', peers: [] }]
