/** A day of the cameras as the band shows it: read whole, read closer where there is too much, kept true by the feed. */
import { readTimeline, type Timeline, type TimelineAlert, type TimelineFilter, type TimelineLane, type TimelineTime } from '../api/timeline'
import { isAbort, sentence } from '../api/errors'
import type { Alert } from '../api/types'
import { feed } from '../feed/feed.svelte'
import type { FeedEvent } from '../feed/protocol'
import { compactOf, fits, putAlert, withRecording } from './live'
import { length, type Span } from './scale'

/** A closer look is asked for once the view has stood still for so long, milliseconds. */
const SETTLED = 220
/** Down times and counts are read again at most so often when the feed brings much. */
const CALM = 1_500
const BINS = 288

export class Day {
  whole = $state.raw<Timeline | null>(null)
  /** The view's own surroundings, where the day has too many alerts to write each. */
  near = $state.raw<Timeline | null>(null)
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state('')
  private time: TimelineTime = {}
  private filter: TimelineFilter = {}
  private view: Span | null = null
  private asking: AbortController | null = null
  private looking: AbortController | null = null
  /** Something came while an answer was on its way, which may be older than that. */
  private missed = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private again: ReturnType<typeof setTimeout> | undefined

  /** @param most Alerts are written one by one up to this many; more are counted. */
  constructor(private readonly most = 1_500) {}

  /** Read a day, or a stretch of time. Another day is another band; a stretch that moves on is the same. */
  async ask(time: TimelineTime, filter: TimelineFilter): Promise<void> {
    if (time.day !== this.time.day) {
      this.whole = null
      this.phase = 'loading'
    }
    this.time = time
    this.filter = filter
    this.looking?.abort() // its answer would be of the filter before
    this.near = null
    await this.read()
  }

  /** What is seen: a part of a crowded day is read on its own. */
  look(view: Span): void {
    this.view = view
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.readNear(view), SETTLED)
  }

  /** The lanes for a view, and how long their pieces of time are where alerts are only counted. */
  lanes(view: Span): { lanes: readonly TimelineLane[]; since: number; binLength: number | null } {
    const source = this.near !== null && covers(this.near, view) ? this.near : this.whole
    if (source === null) return { lanes: [], since: 0, binLength: null }
    return { lanes: source.results, since: Date.parse(source.since), binLength: source.binned ? source.bin_s * 1000 : null }
  }

  /** Follow the feed until the returned function is called. */
  follow(): () => void {
    const leave = feed.listen({
      onAlert: (alert) => this.hear(alert),
      onEvent: (event) => this.notice(event),
      onReload: () => void this.read(),
    })
    return () => {
      leave()
      clearTimeout(this.timer)
      clearTimeout(this.again)
      this.asking?.abort()
      this.looking?.abort()
    }
  }

  async read(): Promise<void> {
    this.asking?.abort()
    const asking = (this.asking = new AbortController())
    this.missed = false
    try {
      // What comes after the feed's greeting is heard, what came before is in the answer.
      await feed.ready()
      if (asking.signal.aborted) return
      const found = await readTimeline(this.time, this.filter, { bins: BINS, most: this.most }, asking.signal)
      this.whole = found
      this.phase = 'ready'
      this.error = ''
      if (!found.binned) this.near = null
      else if (this.view !== null) void this.readNear(this.view, true)
      if (this.missed) this.readSoon()
    } catch (error) {
      if (isAbort(error)) return
      this.error = sentence(error)
      if (this.whole === null) this.phase = 'failed'
    } finally {
      if (this.asking === asking) this.asking = null
    }
  }

  /** @param anew Also where the closer look is here already: the day was read again, so it is older. */
  private async readNear(view: Span, anew = false): Promise<void> {
    const { whole, near } = this
    if (whole === null || !whole.binned || length(view) > (Date.parse(whole.until) - Date.parse(whole.since)) * 0.7) return
    if (!anew && near !== null && covers(near, view) && (!near.binned || length(view) > spanOf(near) * 0.3)) return
    this.looking?.abort()
    const looking = (this.looking = new AbortController())
    // Half a view more on both sides, so that moving it a little asks for nothing.
    const room = length(view) / 2
    const [since, until] = [Math.max(Date.parse(whole.since), view.from - room), Math.min(Date.parse(whole.until), view.to + room)]
    try {
      const time = { since: new Date(since).toISOString(), until: new Date(until).toISOString() }
      this.near = await readTimeline(time, this.filter, { bins: BINS * 2, most: this.most }, looking.signal)
    } catch (error) {
      if (!isAbort(error)) this.error = sentence(error)
    }
  }

  private hear(alert: Alert): void {
    const { whole } = this
    if (this.asking !== null) this.missed = true
    if (whole === null || !this.concerns(alert, whole)) return
    if (whole.binned) return this.readSoon()
    this.whole = putAlert(whole, alert.camera.id, compactOf(alert), fits(alert, this.filter))
  }

  private concerns(alert: Alert, whole: Timeline): boolean {
    const at = Date.parse(alert.captured_at)
    const known = whole.results.some((lane) => lane.alerts.some((one) => one.id === alert.id))
    if (known) return true
    return at >= Date.parse(whole.since) && at < Date.parse(whole.until) && fits(alert, this.filter)
  }

  private notice(event: FeedEvent): void {
    if (event.kind === 'recording.ready' && this.asking !== null) this.missed = true
    if (event.kind === 'camera.state' && this.turned(event)) this.readSoon()
    else if (event.kind === 'camera.changed') this.readSoon()
    else if (event.kind === 'recording.ready' && this.whole !== null && !this.whole.binned) this.whole = withRecording(this.whole, event.payload)
  }

  /** Whether a camera's watch goes otherwise than its last outage says; its figures alone change nothing here. */
  private turned(event: FeedEvent): boolean {
    const lane = this.whole?.results.find((one) => one.camera.id === event.payload['camera'])
    if (lane === undefined) return false
    const standing = lane.outages.find((outage) => outage.until === null)
    const state = event.payload['state']
    if (state === 'connecting') return false
    if (state === 'live') return standing !== undefined
    return standing === undefined || standing.state !== state || (state === 'down' && standing.reason !== event.payload['reason'])
  }

  private readSoon(): void {
    clearTimeout(this.again)
    this.again = setTimeout(() => void this.read(), CALM)
  }

  alert(id: string | null): { alert: TimelineAlert; lane: TimelineLane } | null {
    if (id === null) return null
    for (const source of [this.near, this.whole])
      for (const lane of source?.results ?? []) {
        const alert = lane.alerts.find((one) => one.id === id)
        if (alert !== undefined) return { alert, lane }
      }
    return null
  }
}

function covers(timeline: Timeline, view: Span): boolean {
  return Date.parse(timeline.since) <= view.from && Date.parse(timeline.until) >= view.to
}

function spanOf(timeline: Timeline): number {
  return Date.parse(timeline.until) - Date.parse(timeline.since)
}
