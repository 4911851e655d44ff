/** The way in: conditions from what stands in mock files. Every mistake in a spec is a SpecError. */
import type { Compilers } from '../core/dialect.ts'
import type { BodyCondition, JsonCondition, MatcherTools, TextCondition } from '../core/matcher.ts'
import { compileAt, type Workshop } from './compile.ts'
import { compileMultipart } from './multipart.ts'
import { boundInTime } from './regex-bound.ts'
import { createXmlReader } from './xml-reader.ts'

export const createCompilers = (tools: MatcherTools): Compilers => {
  const xml = createXmlReader(tools)
  const bound = boundInTime(tools, (own) => compileAt(own, xml))
  return {
    text: (spec) => bound((at) => at.text(spec)),
    json: (spec) => bound((at) => at.json(spec)),
    body: (spec) => bound((at) => at.body(spec)),
    multipart: (spec) => bound((at: Workshop) => compileMultipart(spec, at)),
  }
}

export const compileText = (spec: unknown, tools: MatcherTools): TextCondition =>
  createCompilers(tools).text(spec)
export const compileJson = (spec: unknown, tools: MatcherTools): JsonCondition =>
  createCompilers(tools).json(spec)
export const compileBody = (spec: unknown, tools: MatcherTools): BodyCondition =>
  createCompilers(tools).body(spec)
