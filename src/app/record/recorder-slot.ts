/** The recorder of a running proxy, opened when the first service is recorded, and what became of it at the end. */
import type { Config } from '../../config/config.ts'
import type { Recorder, RecorderNumbers } from '../../record/recorder.ts'
import type { Losses, ReportData } from '../../record/report.ts'
import { openRecorder, type RecordWishes } from './open-recorder.ts'
import { writeReport } from './write-report.ts'

export interface RecordResult {
  /** undefined: time was up before everything was written. */
  readonly report: ReportData | undefined
  readonly losses: Losses
  /** Relative to the workspace. */
  readonly file: string | undefined
}

/** What waits at the end is written in this time, or lost. */
const patienceMs = 10_000

export class RecorderSlot {
  private readonly config: Config
  private readonly wishes: RecordWishes
  private readonly notice: (text: string) => void
  private recorder: Recorder | undefined
  private result: RecordResult | undefined

  constructor(config: Config, wishes: RecordWishes, notice: (text: string) => void) {
    this.config = config
    this.wishes = wishes
    this.notice = notice
  }

  readonly current = (): Recorder | undefined => this.recorder

  /** Throws what openRecorder throws; then nothing is recorded. */
  open(): void {
    this.recorder ??= openRecorder(this.config, this.wishes, { notice: this.notice })
  }

  view(): { readonly numbers: RecorderNumbers; readonly result: RecordResult | undefined } | undefined {
    return this.recorder === undefined ? undefined : { numbers: this.recorder.numbers(), result: this.result }
  }

  /** After the last call. `stop` ends it at once. */
  async finish(stop?: AbortSignal): Promise<void> {
    const { recorder } = this
    if (recorder === undefined || this.result !== undefined) return
    this.result = await resultOf(recorder, this.config.root, patienceMs, stop)
  }
}

/** Works off what waits, and writes the report. */
export const resultOf = async (
  recorder: Recorder,
  root: string,
  patience: number,
  stop?: AbortSignal,
): Promise<RecordResult> => {
  const report = await recorder.finish(patience, stop)
  const losses = recorder.losses()
  const file = report === undefined ? undefined : writeReport(root, report, losses, new Date())
  return { report, losses, file }
}
