/** The rows of the band's other form. Pure. */
import type { TimelineAlert, TimelineLane, TimelineOutage } from '../api/timeline'
import { none, sum, type Counts } from './marks'
import type { Span } from './scale'
import { offsetAt } from '../lib/zone'

export interface TableEvent {
  key: string
  at: number
  lane: TimelineLane
  alert?: TimelineAlert
  outage?: TimelineOutage
}

/** Alerts that began and down times that lasted in the view, the newest first. */
export function eventsOf(lanes: readonly TimelineLane[], view: Span): TableEvent[] {
  const found: TableEvent[] = []
  for (const lane of lanes) {
    for (const alert of lane.alerts) {
      const at = Date.parse(alert.at)
      if (at >= view.from && at < view.to) found.push({ key: alert.id, at, lane, alert })
    }
    for (const outage of lane.outages) {
      const at = Date.parse(outage.since)
      if (at < view.to && (outage.until === null || Date.parse(outage.until) > view.from)) found.push({ key: `${lane.camera.id} ${outage.since}`, at, lane, outage })
    }
  }
  return found.sort((one, other) => other.at - one.at)
}

export interface HourCount extends Span {
  counts: Counts
  total: number
}

/** How many alerts each hour of the wall clock had, where only pieces of time are known. */
export function hoursOf(lanes: readonly TimelineLane[], view: Span, since: number, length: number, zone: string): HourCount[] {
  const HOUR = 3_600_000
  const found = new Map<number, Counts>()
  for (const lane of lanes) {
    for (const [index = 0, ...counts] of lane.bins) {
      const at = since + (index + 0.5) * length
      if (at < view.from || at >= view.to) continue
      const offset = offsetAt(at, zone)
      const from = Math.floor((at + offset) / HOUR) * HOUR - offset
      const hour = found.get(from) ?? none()
      for (let level = 0; level < 4; level += 1) hour[level] = (hour[level] ?? 0) + (counts[level] ?? 0)
      found.set(from, hour)
    }
  }
  return [...found].map(([from, counts]) => ({ from, to: from + HOUR, counts, total: sum(counts) })).filter((hour) => hour.total > 0).sort((one, other) => other.from - one.from)
}
