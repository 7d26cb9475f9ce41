/** A list of alerts that stays true: read from the API page by page, then kept by the feed's events. Most urgent first, each once. */
import { countAlerts, pageOfAlerts, type AlertCounts } from '../api/alerts'
import { isAbort, sentence } from '../api/errors'
import type { Alert } from '../api/types'
import { session } from '../lib/session.svelte'
import { feed } from './feed.svelte'
import { fits, merge, type AlertFilter } from './merge'

const PAGE = 100
/** How long changes are gathered before what they changed is counted again, ms. */
const GATHERED = 500

export class AlertList {
  alerts = $state.raw<Alert[]>([])
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state('')
  /** Address of the next older page; `null` when all are here. */
  older = $state<string | null>(null)
  /** How many there are, also of what is not loaded yet. */
  counts = $state.raw<AlertCounts | null>(null)
  /** Ids that came by the feed while the page was open: they slide in, once. */
  arrived = $state.raw<ReadonlySet<string>>(new Set())
  private filter: AlertFilter = {}
  private loading: AbortController | null = null
  private answer: Promise<void> = Promise.resolve()
  private paging = false
  private timer: ReturnType<typeof setTimeout> | undefined
  /** What the feed brought while a page was on its way. */
  private meanwhile: Alert[] = []

  /** Keep it true: events of the feed, and what a gap of the feed may have left out. Returns how to stop. */
  follow(): () => void {
    return feed.listen({
      onAlert: (alert, raised) => this.take(alert, raised),
      onReload: () => {
        this.loading?.abort()
        this.loading = null
        void this.load()
      },
    })
  }

  /** Read the first page. Asked for what is on its way, nothing is asked twice. */
  load(filter: AlertFilter = this.filter): Promise<void> {
    if (this.loading === null || JSON.stringify(filter) !== JSON.stringify(this.filter)) this.answer = this.read(filter)
    return this.answer
  }

  private async read(filter: AlertFilter): Promise<void> {
    this.loading?.abort()
    const loading = (this.loading = new AbortController())
    if (JSON.stringify(filter) !== JSON.stringify(this.filter)) {
      this.alerts = []
      this.counts = null
      this.phase = 'loading'
    }
    this.filter = filter
    this.meanwhile = []
    try {
      await feed.ready()
      if (loading.signal.aborted) return
      const [page, counts] = await Promise.all([pageOfAlerts(filter, null, PAGE, loading.signal), countAlerts(filter, loading.signal)])
      this.alerts = page.results
      for (const alert of this.meanwhile) this.place(alert)
      this.older = page.next ?? null
      this.counts = counts
      this.phase = 'ready'
    } catch (error) {
      if (isAbort(error)) return
      this.error = sentence(error)
      this.phase = 'failed'
    } finally {
      if (this.loading === loading) this.loading = null
    }
  }

  /** The next older page, unless it is on its way. */
  async more(): Promise<void> {
    const { filter, older } = this
    if (older === null || this.paging || this.loading !== null) return
    this.paging = true
    try {
      const page = await pageOfAlerts(filter, older, PAGE)
      if (filter !== this.filter || older !== this.older) return
      this.alerts = merge(this.alerts, page.results)
      this.older = page.next ?? null
    } catch (error) {
      this.error = sentence(error)
      this.phase = 'failed'
    } finally {
      this.paging = false
    }
  }

  /** An event of the feed, or the API's answer to what was done here. */
  take(alert: Alert, raised = false): void {
    if (this.loading !== null) this.meanwhile.push(alert)
    this.countSoon()
    if (raised && this.belongs(alert) && !this.alerts.some((one) => one.id === alert.id)) this.arrived = new Set([...this.arrived, alert.id])
    this.place(alert)
  }

  private place(alert: Alert): void {
    this.alerts = this.belongs(alert) ? merge(this.alerts, [alert]) : this.alerts.filter((one) => one.id !== alert.id)
  }

  /** How many there are of one state, as far as is known. */
  count(...states: string[]): number {
    // What is all here is counted here, at once.
    if (this.counts === null || this.older === null) return this.alerts.filter((alert) => states.includes(alert.state)).length
    return this.counts.results.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.count, 0)
  }

  private belongs(alert: Alert): boolean {
    // What was found by a comment stays: comments are searched by the server only.
    const { search, ...rest } = this.filter
    const known = search !== undefined && this.alerts.some((one) => one.id === alert.id)
    return fits(alert, known ? rest : this.filter, session.view?.member.id)
  }

  private countSoon(): void {
    if (this.counts === null || this.timer !== undefined) return
    this.timer = setTimeout(() => {
      this.timer = undefined
      const { filter } = this
      countAlerts(filter).then(
        (counts) => { if (filter === this.filter) this.counts = counts },
        () => undefined, // the next change counts again
      )
    }, GATHERED)
  }
}

