/** Prints what a running proxy does, as it happens: calls, reloads, notices. Returns a function that ends it. */
import type { CallRecord, Running } from '../app/running.ts'
import { CallWriter } from './call-writer.ts'
import type { Output } from './output.ts'
import { reloadLine, renderReload } from './reload-line.ts'
import { renderFirstViolation } from './render-violation.ts'
import { sinkFor } from './sink.ts'

export interface LiveOptions {
  readonly running: Running
  readonly out: Output
  /** Where lines for people go; JSON lines always go to stdout. */
  readonly stream: NodeJS.WriteStream
  /** Which calls get a line for people; all of them do under --json. */
  readonly shown?: (record: CallRecord) => boolean
}

export const printLive = ({ running, out, stream, shown = () => true }: LiveOptions): (() => void) => {
  if (out.quiet) return () => {}
  const target = out.json ? process.stdout : stream
  const style = target === process.stdout ? out.style : out.errorStyle
  const writer = new CallWriter({
    json: out.json,
    terminal: target.isTTY === true && !out.json,
    style,
    sink: sinkFor(target),
  })
  const stops = [
    running.on('call', (record) => {
      if (out.json || shown(record)) writer.call(record)
    }),
    // All of them are on the lines of their calls under --json.
    running.on('violation', (first) => {
      if (!out.json) writer.line(renderFirstViolation(first, style))
    }),
    running.on('reload', (record) =>
      writer.line(out.json ? JSON.stringify(reloadLine(record)) : renderReload(record, style)),
    ),
    running.on('notice', (text) =>
      writer.line(out.json ? JSON.stringify({ type: 'notice', text }) : style.yellow(text)),
    ),
  ]
  return () => {
    for (const stop of stops) stop()
    writer.close()
  }
}
