/** svc-mock publish: a mock package goes to an npm registry. */
import { Args, Flags } from '@oclif/core'
import { type PackedPackage, pack } from '../app/packages/pack.ts'
import { publishTarball, readTarball } from '../app/packages/publish.ts'
import { openWorkspace, workspaceIfAny } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { packDocument, refusePack, renderPacked } from '../cli/render-pack.ts'
import { SvcMockError } from '../core/errors.ts'

export default class Publish extends BaseCommand {
  static override summary = 'publish the mocks as a package of an npm registry'
  static override description =
    "Packs as svc-mock pack does, or takes a tarball that it made, and hands it to npm publish: registry, login, one-time passwords and two-factor authentication are npm's own, from .npmrc and the environment."
  static override examples = [
    '<%= config.bin %> publish',
    '<%= config.bin %> publish --tag next --access public',
    '<%= config.bin %> publish acme-orders-mocks-1.4.2.tgz --provenance',
    '<%= config.bin %> publish --dry-run',
  ]
  static override args = {
    tarball: Args.string({ description: 'what svc-mock pack wrote; default: the workspace is packed' }),
  }
  static override flags = {
    access: Flags.string({
      options: ['public', 'restricted'],
      summary: 'who may see a package with a scope, as npm has it',
    }),
    'dry-run': Flags.boolean({ summary: 'everything but the publishing' }),
    otp: Flags.string({ helpValue: '<code>', summary: 'one-time password of two-factor authentication' }),
    provenance: Flags.boolean({
      summary: 'link the package to the CI run that made it, where the registry can',
    }),
    registry: Flags.string({ helpValue: '<url>', summary: 'instead of the one that .npmrc names' }),
    tag: Flags.string({ helpValue: '<name>', summary: 'dist-tag; default latest' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Publish)
    const place = { cwd: process.cwd(), configPath: flags.config, env: process.env }
    const packed = args.tarball === undefined ? await this.packed(place) : undefined
    const made = packed ?? (await readTarball(args.tarball!, place.cwd))
    const interactive = !this.out.json && process.stdin.isTTY === true && process.stdout.isTTY === true
    const published = await publishTarball(made.tarball, made, {
      cwd: workspaceIfAny(place)?.root ?? place.cwd,
      env: process.env,
      args: npmArgs(flags),
      interactive,
    })
    const { name, version } = published
    this.out.document({
      ...(packed === undefined ? { name, version } : packDocument(packed, undefined)),
      published: !flags['dry-run'],
      tag: flags.tag ?? 'latest',
    })
    const done = flags['dry-run']
      ? 'not published (--dry-run)'
      : `published with the tag ${flags.tag ?? 'latest'}`
    this.out.print(`${this.out.style.green(`${name} ${version}`)}  ${done}`)
  }

  private async packed(place: Parameters<typeof openWorkspace>[0]): Promise<PackedPackage> {
    const { config, warnings } = openWorkspace(place)
    const today = new Date().toISOString().slice(0, 10)
    const packed = await pack({ config, warnings, tool: this.config.version, today })
    if (packed.kind !== 'packed') return refusePack(this.out, packed, this.config.version)
    this.out.print(renderPacked(packed, '', this.out.style, this.out.width))
    return packed
  }
}

/** On Windows npm is a script of the shell: what a shell would read does not get there. */
const harmless = /^[\w@/.:=+~-]+$/

const npmArgs = (flags: {
  readonly access: string | undefined
  readonly 'dry-run': boolean
  readonly otp: string | undefined
  readonly provenance: boolean
  readonly registry: string | undefined
  readonly tag: string | undefined
}): readonly string[] => {
  const given = (['access', 'otp', 'registry', 'tag'] as const).flatMap((name) => {
    const value = flags[name]
    if (value === undefined) return []
    if (!harmless.test(value) || value.startsWith('-'))
      throw new SvcMockError('FLAG_INVALID', `--${name} has a value that npm would not take`)
    return [`--${name}=${value}`]
  })
  return [...given, ...(flags.provenance ? ['--provenance'] : []), ...(flags['dry-run'] ? ['--dry-run'] : [])]
}
