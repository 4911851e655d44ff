/** svc-mock ca export: the authority's certificate, for programs and machines that shall trust it. Never its key. */
import { Args, Flags } from '@oclif/core'
import { type ExportFormat, exportAuthority, exportFormats, writeExport } from '../../app/ca/authority.ts'
import { BaseCommand } from '../../cli/command.ts'
import { SvcMockError } from '../../core/errors.ts'

export default class CaExport extends BaseCommand {
  static override summary = 'write the certificate of the certificate authority, never its key'
  static override examples = [
    '<%= config.bin %> ca export > svc-mock-ca.pem',
    '<%= config.bin %> ca export trust.p12 --format pkcs12',
  ]
  static override args = { file: Args.string({ description: 'a new file; default: stdout' }) }
  static override flags = {
    format: Flags.option({
      options: exportFormats,
      default: 'pem' as ExportFormat,
      summary:
        'pem and der: the certificate; bundle and pkcs12 (for Java, password changeit): with all usual roots',
    })(),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(CaExport)
    const content = exportAuthority(process.env, flags.format)
    if (args.file !== undefined) {
      const file = writeExport(process.cwd(), args.file, content)
      this.out.document({ file, format: flags.format })
      this.out.print(`${this.out.style.green('wrote')}  ${file}`)
      return
    }
    if (typeof content !== 'string') {
      throw new SvcMockError('FLAG_INVALID', `${flags.format} is not text, and needs a file`, {
        hint: `svc-mock ca export svc-mock-ca.${flags.format === 'der' ? 'der' : 'p12'} --format ${flags.format}`,
      })
    }
    this.out.document({ format: flags.format, pem: content })
    this.out.print(content.trimEnd())
  }
}
