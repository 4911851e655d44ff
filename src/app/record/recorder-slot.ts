/** The recorder of a running proxy, opened when the first service is recorded, and what became of it at the end. */
import type { Config, ServiceConfig } from '../../config/config.ts'
import type { Recorder, RecorderNumbers } from '../../record/recorder.ts'
import type { Losses, ReportData } from '../../record/report-data.ts'
import { policyName } from '../scan/scan.ts'
import { readPolicy } from './mask-session.ts'
import { openRecorder, type RecordWishes } from './open-recorder.ts'
import { proposedPolicy } from './propose-policy.ts'
import { type Undecided, undecidedOf } from './undecided.ts'
import { unifiedDiff } from './unified-diff.ts'
import { writeReport } from './write-report.ts'

export interface RecordResult {
  /** undefined: time was up before everything was written. */
  readonly report: ReportData | undefined
  readonly losses: Losses
  /** Relative to the workspace. */
  readonly file: string | undefined
  /** Under --strict and --learn: what nobody has decided about. */
  readonly undecided: readonly Undecided[]
  /** Under --learn. */
  readonly proposal: Proposal | undefined
}

/** What desensitize.yaml might say. */
export interface Proposal {
  /** '' where there is nothing to add, or the file cannot be added to line by line. */
  readonly diff: string
  /** Where the diff is written too, relative to the workspace. */
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
    this.result = await resultOf(recorder, this.config.root, this.wishes, patienceMs, stop)
  }
}

/** Works off what waits, and writes the report. */
export const resultOf = async (
  recorder: Recorder,
  root: string,
  wishes: RecordWishes,
  patience: number,
  stop?: AbortSignal,
): Promise<RecordResult> => {
  const report = await recorder.finish(patience, stop)
  const losses = recorder.losses()
  if (report === undefined) return { report, losses, file: undefined, undecided: [], proposal: undefined }
  const decides = wishes.strict === true || wishes.learn === true
  const undecided = decides ? undecidedOf(report) : []
  const diff = wishes.learn === true ? proposedDiff(root, undecided) : undefined
  const written = writeReport(root, { data: report, losses, diff }, new Date())
  const proposal = diff === undefined ? undefined : { diff, file: written.diff }
  return { report, losses, file: written.report, undecided, proposal }
}

const proposedDiff = (root: string, undecided: readonly Undecided[]): string => {
  const text = readPolicy(root)
  const proposed = proposedPolicy(text, policyName, undecided)
  return proposed === undefined ? '' : unifiedDiff(policyName, text, proposed)
}

/** Whether calls of the service can be recorded. */
export const isRecorded = ({ mode, onMiss }: Pick<ServiceConfig, 'mode' | 'onMiss'>): boolean =>
  mode === 'record' || (mode === 'mock' && onMiss === 'record')
