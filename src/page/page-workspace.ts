/** A workspace inside a page: the mocks that it was built with, and the state of its calls. Loaded again, the state stays. */
import { base64Bytes, utf8Bytes } from '../core/bytes.ts'
import type { ResponseFiles } from '../core/dialect.ts'
import { SvcMockError } from '../core/errors.ts'
import { parseJson } from '../core/json.ts'
import { SpecError } from '../core/matcher.ts'
import type { Problem } from '../core/problem.ts'
import { formatLocation } from '../core/source.ts'
import { compose } from '../engine/compose.ts'
import { Engine } from '../engine/engine.ts'
import { createCompilers } from '../matchers/compilers.ts'
import { type CompileContext, compileFile, SharedParts } from '../mock/compile.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import type { MockFile } from '../mock/definition.ts'
import { compileWhole } from '../mock/load/whole-regex.ts'
import { MockIndex } from '../mock/mock-index.ts'
import { decodedWith } from '../protocols/http/decode-body.ts'
import { responders } from '../responders/index.ts'
import { pageScripts } from '../script/page/scripts.ts'
import { pageHttp } from './http.ts'
import { type PageCode, type PageData, type PageFile, pageFormat } from './page-data.ts'
import { undoCoding } from './undo-coding.ts'

type Composed = ReturnType<typeof compose>

export class PageWorkspace {
  #engine: Engine | undefined
  #host: Composed | undefined
  /** Of the mocks in force. */
  services: readonly string[] = []

  /** Takes mocks into force. `json`: `PageData`. */
  load(json: string, code: PageCode): void {
    const data = read(json)
    const before = this.#host?.tenants
    this.#host = compose({
      config: data.config,
      index: new MockIndex(compiled(data.files, code)),
      dialects: new Map([['http', pageHttp]]),
      ...(before !== undefined && { tenants: before }),
    })
    this.services = data.config.services.map(({ name }) => name)
    this.#engine = new Engine(this.#host, decodedWith(undoCoding))
  }

  /** Of the mocks in force. */
  get engine(): Engine {
    if (this.#engine === undefined) throw new SvcMockError('INVARIANT_BROKEN', 'the page has no mocks yet')
    return this.#engine
  }

  /** Scenarios, counts and what expressions keep begin anew, whosever they are. */
  reset(): void {
    for (const { state } of this.#host?.tenants.all() ?? []) state.reset()
  }
}

const read = (json: string): PageData => {
  const parsed = parseJson(json)
  if (!parsed.ok)
    throw new SvcMockError('INVARIANT_BROKEN', `the page's mocks cannot be read: ${parsed.problem}`)
  const data = parsed.value as PageData
  if (data.format !== pageFormat)
    throw new SvcMockError('OPTION_INVALID', `the page was built by another version of svc-mock`, {
      hint: 'build it again; the plugin and svc-mock/msw must be of one version',
    })
  return data
}

const compiled = (files: readonly PageFile[], code: PageCode): readonly CompiledMock[] => {
  const byName = new Map(files.map((file) => [file.display, file]))
  const shared = new SharedParts()
  const context: CompileContext = {
    dialects: new Map([['http', pageHttp]]),
    responders,
    compilers: createCompilers({
      // Expressions run unbounded here: they are those of one's own page.
      regex: (source) => {
        const regex = compileWhole(source)
        return (text) => regex.test(text)
      },
      now: () => Date.now(),
      load: (name) => {
        if (Object.hasOwn(code.packages, name)) return code.packages[name]
        throw new SpecError(`the page was built without ${name}`)
      },
    }),
    tools: {
      replacer: () => {
        throw new SpecError('replies are not changed in a page')
      },
    },
    filesFor: (file) => filesOf(byName.get(file.display)!),
    scriptsFor: (file) =>
      pageScripts(file.display, {
        programs: code.programs,
        packages: code.tools,
        sources: new Set(byName.get(file.display)!.sources),
      }),
  }
  return files.flatMap((file) => {
    const { mocks, problems } = compileFile(asMockFile(file), context, shared)
    const [first] = problems
    if (first !== undefined) throw asError(first)
    return mocks
  })
}

const filesOf = ({ bodyFiles }: PageFile): ResponseFiles => ({
  read: (path) => {
    const file = Object.hasOwn(bodyFiles, path) ? bodyFiles[path] : undefined
    if (file === undefined) throw new SpecError(`the page was built without ${path}`)
    return 'text' in file ? utf8Bytes(file.text) : base64Bytes(file.base64)
  },
})

const asMockFile = (file: PageFile): MockFile => ({
  ...file,
  path: file.display,
  library: '',
  problems: [],
  locate: () => ({ at: { file: file.display, line: 1, column: 1 }, frame: '' }),
})

/** It was compiled without a mistake when the page was built. */
const asError = ({ at, message }: Problem): SvcMockError =>
  new SvcMockError('INVARIANT_BROKEN', `${formatLocation(at)}: ${message}`)
