/** A report and the plan that it is about, as its screen knows them; while it is under way both are read again when it moves. */
import { readActivation, type Activation } from '../api/activations'
import { readReport, type Report } from '../api/report'
import { concerns } from '../crisis/activation.svelte'
import { Calm } from '../crisis/calm'
import { feed } from '../feed/feed.svelte'

/** A report is reckoned anew each time: while answers pour in, not with each of them. */
const EVERY_MS = 5000

export class ReportState {
  report = $state.raw<Report | null>(null)
  activation = $state.raw<Activation | null>(null)
  problem = $state.raw<unknown>(null)
  private readonly calm: Calm<[Report, Activation]>

  constructor(private readonly id: string) {
    this.calm = new Calm({
      ask: (signal) => Promise.all([readReport(id, signal), readActivation(id, signal)]),
      onRead: ([report, activation]) => {
        this.report = report
        this.activation = activation
        this.problem = null
      },
      onTrouble: (error) => (this.problem = error),
      every: EVERY_MS,
    })
  }

  read(): Promise<void> {
    return this.calm.now()
  }

  /** Follow the feed until the returned function is called. */
  follow(): () => void {
    const leave = feed.listen({
      onEvent: (event) => {
        if (concerns(event, this.id)) this.calm.soon()
      },
      onReload: () => void this.read(),
    })
    return () => {
      leave()
      this.calm.stop()
    }
  }
}
