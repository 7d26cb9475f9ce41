/** The page's one feed: its state for the bar, and what listens to its events. */
import { pageOfAlerts } from '../api/alerts'
import type { Alert } from '../api/types'
import { can, leave, loadSession } from '../lib/session.svelte'
import { NOT_SIGNED_IN, type Connection } from '../lib/steady-socket'
import { Feed } from './feed'
import { alertFrom, withAlerts } from './merge'
import type { FeedEvent } from './protocol'

export interface FeedListener {
  onAlert?: (alert: Alert, raised: boolean) => void
  onEvent?: (event: FeedEvent) => void
  onReload?: () => void
  onBytes?: (data: ArrayBuffer) => void
}

/** Milliseconds after which lists are read without the feed. */
const LONGEST_WAIT = 4_000
const MOST_OPEN = 200

class FeedState {
  connection = $state<Connection>('closed')
  /** When the feed was cut; `null` while it is well. */
  cutSince = $state.raw<Date | null>(null)
  /** Alerts that nobody has taken, by id: the most urgent, when there are very many. */
  open = $state.raw<ReadonlyMap<string, Alert>>(new Map())
  /** There are more of them than `open` holds. */
  openIsMore = $state(false)
  private readonly listeners = new Set<FeedListener>()
  /** What was told while the open alerts were being read; `null` when they are not. */
  private meanwhile: Map<string, Alert> | null = null
  private feed: Feed | null = null
  /** Those who wait until their list can be read; `null` once they were let go. */
  private waiting: (() => void)[] | null = []

  start(): void {
    if (this.feed !== null) return
    this.waiting ??= []
    setTimeout(() => this.letGo(), LONGEST_WAIT)
    this.feed = new Feed({
      onEvent: (event) => this.hear(event),
      onBytes: (data) => {
        for (const listener of this.listeners) listener.onBytes?.(data)
      },
      onReload: () => {
        void this.count()
        // Who waited reads now; who could not wait any longer reads again.
        if (this.waiting !== null) return this.letGo()
        for (const listener of this.listeners) listener.onReload?.()
      },
      onState: (connection) => {
        this.connection = connection
        if (connection === 'open' || connection === 'closed') this.cutSince = null
        else if (connection === 'cut') {
          this.cutSince ??= new Date()
          this.letGo()
        }
      },
      onRefused: (code) => {
        this.feed = null
        if (code === NOT_SIGNED_IN) leave(true)
        else void loadSession()
      },
    })
    this.feed.start()
  }

  stop(): void {
    this.feed?.stop()
    this.feed = null
    this.meanwhile = null
    this.open = new Map()
    this.letGo()
  }

  /**
   * Resolves when a list may be read: the feed listens, so that nothing falls between the two and nothing has to be read
   * twice. A feed that does not come within some seconds holds nobody up; `onReload` follows when it does.
   */
  ready(): Promise<void> {
    if (this.feed === null && this.waiting === null) {
      // Somebody has just signed in: the feed starts in a moment, or is stopped for who may not hear it.
      this.waiting = []
      setTimeout(() => this.letGo(), LONGEST_WAIT)
    }
    const { waiting } = this
    return waiting === null ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))
  }

  private letGo(): void {
    const { waiting } = this
    this.waiting = null
    for (const resolve of waiting ?? []) resolve()
  }

  listen(listener: FeedListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** An alert changed by our own hand: all lists follow at once, the feed's event brings nothing new then. */
  tell(alert: Alert, raised = false): void {
    this.meanwhile?.set(alert.id, alert)
    this.open = withAlerts(this.open, [alert])
    for (const listener of this.listeners) listener.onAlert?.(alert, raised)
  }

  private hear(event: FeedEvent): void {
    if (event.kind === 'alert.raised' || event.kind === 'alert.changed') {
      const alert = alertFrom(event.payload)
      if (alert !== null) this.tell(alert, event.kind === 'alert.raised')
    }
    for (const listener of this.listeners) listener.onEvent?.(event)
  }

  private async count(): Promise<void> {
    if (!can('see_alerts')) return
    const meanwhile = (this.meanwhile = new Map<string, Alert>())
    try {
      const page = await pageOfAlerts({ state: 'open' }, null, MOST_OPEN)
      // Read anew since, or nobody is signed in any more.
      if (this.meanwhile !== meanwhile) return
      this.open = withAlerts(new Map(page.results.map((alert) => [alert.id, alert])), meanwhile.values())
      this.openIsMore = page.next !== null && page.next !== undefined
    } catch {
      // The lists say what is wrong; the count follows with the next reload.
    }
    if (this.meanwhile === meanwhile) this.meanwhile = null
  }
}

export const feed = new FeedState()
