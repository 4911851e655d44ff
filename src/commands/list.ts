/** svc-mock list: services x versions x mocks, and what overrides what. */
import { openLibrary } from '../app/library.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { renderList } from '../cli/render-list.ts'

export default class List extends BaseCommand {
  static override summary = 'show services, versions and mocks, and what overrides what'
  static override examples = ['<%= config.bin %> list']

  async run(): Promise<void> {
    const { flags } = await this.parse(List)
    const { config } = openWorkspace({ cwd: process.cwd(), configPath: flags.config, env: process.env })
    const view = (await openLibrary(config)).list()
    this.out.document(view)
    this.out.print(renderList(view, this.out.style, this.out.width))
  }
}
