/** How an alert of the feed comes onto a band that is already there. Pure. */
import type { Timeline, TimelineAlert, TimelineFilter } from '../api/timeline'
import type { Alert } from '../api/types'
import { language } from '../lib/language.svelte'
import { isUnclosed } from './marks'

/** The feed's alert as the timeline writes it. */
export function compactOf(alert: Alert): TimelineAlert {
  const kept = (kind: string): string | null => alert.recordings.find((one) => one.kind === kind && one.ready && one.destroyed_at === null)?.id ?? null
  return {
    id: alert.id,
    version: alert.version,
    at: alert.captured_at,
    until: alert.ended_at,
    seen: alert.last_seen_at,
    severity: alert.severity,
    state: alert.state,
    rule: alert.rule.id,
    name: alert.rule.name,
    area: alert.area,
    why: alert.why.text[language()] ?? alert.rule.name,
    taken_at: alert.acknowledged_at,
    taken_by: alert.acknowledged_by?.name ?? null,
    closed_at: alert.closed_at,
    closed_by: alert.closed_by?.name ?? null,
    snapshot: kept('snapshot'),
    clip: kept('clip'),
  }
}

/** Whether an alert belongs to what was asked for. */
export function fits(alert: Alert, filter: TimelineFilter): boolean {
  return (
    (!filter.site || filter.site === alert.site.id) &&
    (!filter.camera || filter.camera === alert.camera.id) &&
    (!filter.rule || filter.rule === alert.rule.id) &&
    (!filter.severity?.length || filter.severity.includes(String(alert.severity))) &&
    (!filter.state?.length || filter.state.includes(alert.state))
  )
}

/** The timeline with an alert in its place, or without it when it no longer fits. An older version changes nothing. */
export function putAlert(timeline: Timeline, camera: string, alert: TimelineAlert, belongs: boolean): Timeline {
  const results = timeline.results.map((lane) => {
    const before = lane.alerts.find((one) => one.id === alert.id)
    if (before !== undefined && before.version > alert.version) return lane
    if (before === undefined && (lane.camera.id !== camera || !belongs)) return lane
    const rest = lane.alerts.filter((one) => one.id !== alert.id)
    if (!belongs) return { ...lane, alerts: rest, total: rest.length }
    const at = Date.parse(alert.at)
    const index = rest.findIndex((one) => Date.parse(one.at) > at)
    const alerts = index === -1 ? [...rest, alert] : [...rest.slice(0, index), alert, ...rest.slice(index)]
    return { ...lane, alerts, total: alerts.length }
  })
  return counted({ ...timeline, results })
}

/** The timeline with a snapshot or clip that can be had now. */
export function withRecording(timeline: Timeline, payload: Readonly<Record<string, unknown>>): Timeline {
  const recording = payload['recording']
  if (typeof recording !== 'object' || recording === null || !('id' in recording) || !('kind' in recording)) return timeline
  const name = recording.kind === 'clip' ? 'clip' : 'snapshot'
  const id = String(recording.id)
  return {
    ...timeline,
    results: timeline.results.map((lane) =>
      lane.alerts.some((one) => one.id === payload['alert']) ? { ...lane, alerts: lane.alerts.map((one) => (one.id === payload['alert'] ? { ...one, [name]: id } : one)) } : lane,
    ),
  }
}

/** Its totals, counted anew from alerts that are all known. */
function counted(timeline: Timeline): Timeline {
  const since = Date.parse(timeline.since)
  const all = timeline.results.flatMap((lane) => lane.alerts).filter((one) => Date.parse(one.at) >= since)
  const severities = [0, 0, 0, 0]
  for (const one of all) severities[one.severity - 1] = (severities[one.severity - 1] ?? 0) + 1
  return { ...timeline, total: all.length, severities, unclosed: all.filter(isUnclosed).length }
}
