/** A list of alerts that stays true: read from the API, then kept by the feed's events. Newest first, each once. */
import { listAlerts } from '../api/endpoints'
import { isAbort, sentence } from '../api/errors'
import type { Alert } from '../api/types'
import { fits, put, type AlertFilter } from './merge'

export class AlertList {
  alerts = $state.raw<Alert[]>([])
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state('')
  /** Address of the next older page; `null` when all are here. */
  older = $state<string | null>(null)
  /** Ids that came by the feed while the page was open: they slide in, once. */
  arrived = $state.raw<ReadonlySet<string>>(new Set())
  private filter: AlertFilter = {}
  private loading: AbortController | null = null
  /** What the feed brought while a page was on its way. */
  private meanwhile: Alert[] = []

  async load(filter: AlertFilter = this.filter): Promise<void> {
    this.loading?.abort()
    const loading = (this.loading = new AbortController())
    if (JSON.stringify(filter) !== JSON.stringify(this.filter)) {
      this.alerts = []
      this.phase = 'loading'
    }
    this.filter = filter
    this.meanwhile = []
    try {
      const page = await listAlerts(filter, null, loading.signal)
      this.alerts = [...page.results, ...this.meanwhile].reduce<Alert[]>(put, []).filter((alert) => fits(alert, filter))
      this.older = page.next ?? null
      this.phase = 'ready'
    } catch (error) {
      if (isAbort(error)) return
      this.error = sentence(error)
      this.phase = 'failed'
    } finally {
      if (this.loading === loading) this.loading = null
    }
  }

  async more(): Promise<void> {
    if (this.older === null) return
    try {
      const page = await listAlerts(this.filter, this.older)
      this.alerts = page.results.reduce<Alert[]>(put, this.alerts)
      this.older = page.next ?? null
    } catch (error) {
      this.error = sentence(error)
      this.phase = 'failed'
    }
  }

  /** An event of the feed, or the API's answer to what was done here. */
  take(alert: Alert, raised = false): void {
    if (this.loading !== null) this.meanwhile.push(alert)
    if (!fits(alert, this.filter)) {
      this.alerts = this.alerts.filter((one) => one.id !== alert.id)
      return
    }
    if (raised && !this.alerts.some((one) => one.id === alert.id)) this.arrived = new Set([...this.arrived, alert.id])
    this.alerts = put(this.alerts, alert)
  }
}
