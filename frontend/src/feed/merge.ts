/** How alerts that arrive twice, late or out of order become one list: by urgency, each once, newest version. */
import type { Alert } from '../api/types'

/** As the address and the API write it; several states or severities are separated by commas. */
export interface AlertFilter {
  state?: string
  severity?: string
  site?: string
  camera?: string
  rule?: string
  /** `true`: only those assigned to who looks. */
  mine?: string
  /** `true`: only those that went to the supervisor. */
  escalated?: string
  search?: string
  since?: string
  until?: string
}
export const FILTERS = ['state', 'severity', 'site', 'camera', 'rule', 'mine', 'escalated', 'search', 'since', 'until'] as const

export function filterFrom(value: (name: string) => string | null): AlertFilter {
  const filter: AlertFilter = {}
  for (const name of FILTERS) {
    const given = value(name)
    if (given) filter[name] = given
  }
  return filter
}

export function isFiltered(filter: AlertFilter): boolean {
  return FILTERS.some((name) => Boolean(filter[name]))
}

/** What nobody has taken comes first, by severity; then what is in hand; then what is closed. As the server orders it. */
export function urgency(alert: Pick<Alert, 'state' | 'severity'>): number {
  if (alert.state === 'open') return 1 + alert.severity
  return alert.state === 'acknowledged' ? 1 : 0
}

/** Negative when `a` comes before `b`. */
export function compare(a: Alert, b: Alert): number {
  return urgency(b) - urgency(a) || Date.parse(b.captured_at) - Date.parse(a.captured_at) || (a.id < b.id ? 1 : -1)
}

/** The list with these alerts in their places. An older version than the one known changes nothing. */
export function merge(list: readonly Alert[], arrived: readonly Alert[]): Alert[] {
  const fresh = new Map<string, Alert>()
  const known = new Map(list.map((alert) => [alert.id, alert]))
  for (const alert of arrived) {
    const other = fresh.get(alert.id) ?? known.get(alert.id)
    if (other === undefined || other.version <= alert.version) fresh.set(alert.id, alert)
  }
  if (fresh.size === 0) return [...list]
  const coming = [...fresh.values()].sort(compare)
  const merged: Alert[] = []
  let next = 0
  for (const alert of list) {
    if (fresh.has(alert.id)) continue
    for (let one = coming[next]; one !== undefined && compare(one, alert) < 0; one = coming[next]) {
      merged.push(one)
      next += 1
    }
    merged.push(alert)
  }
  return [...merged, ...coming.slice(next)]
}

/** The list with one alert in its place. */
export function put(list: readonly Alert[], alert: Alert): Alert[] {
  return merge(list, [alert])
}

/** Whether an alert belongs in a list with this filter; empty values do not filter. `me` is who looks. */
export function fits(alert: Alert, filter: AlertFilter, me = ''): boolean {
  const at = Date.parse(alert.captured_at)
  return (
    among(filter.state, alert.state) &&
    among(filter.severity, String(alert.severity)) &&
    (!filter.site || filter.site === alert.site.id) &&
    (!filter.camera || filter.camera === alert.camera.id) &&
    (!filter.rule || filter.rule === alert.rule.id) &&
    (filter.mine !== 'true' || alert.assigned_to?.id === me) &&
    (filter.escalated !== 'true' || alert.escalated_at !== null) &&
    (!filter.since || at >= Date.parse(filter.since)) &&
    (!filter.until || at <= Date.parse(filter.until)) &&
    (!filter.search || isFound(alert, filter.search))
  )
}

function among(wanted: string | undefined, value: string): boolean {
  return !wanted || wanted.split(',').includes(value)
}

/** The words of a text without accents and case, as the server folds them. */
export function fold(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase('en')
  return plain.match(/[\p{L}\p{N}]+/gu) ?? []
}

/** Whether every word begins a word of what is known here of the alert. Comments are the server's to search. */
function isFound(alert: Alert, search: string): boolean {
  const words = fold([alert.rule.name, alert.area, alert.camera.name, alert.site.name, ...Object.values(alert.why.text)].join(' '))
  return fold(search).every((wanted) => words.some((word) => word.startsWith(wanted)))
}

export function isClosed(alert: Pick<Alert, 'state'>): boolean {
  return alert.state === 'resolved' || alert.state === 'false_alarm'
}

/** Nobody took it in its time, and still nobody has. */
export function isEscalated(alert: Pick<Alert, 'state' | 'escalated_at'>): boolean {
  return alert.state === 'open' && alert.escalated_at !== null
}

/** An alert as an event's payload carries it, or `null` when it is something else. */
export function alertFrom(payload: Readonly<Record<string, unknown>>): Alert | null {
  const { id, version, captured_at, state, severity, why } = payload
  const whole = typeof id === 'string' && typeof version === 'number' && typeof captured_at === 'string'
  if (!whole || typeof state !== 'string' || typeof severity !== 'number' || typeof why !== 'object' || why === null) return null
  return payload as unknown as Alert
}

/** The open alerts once these were told: an alert that is known in a newer version stays as it is. */
export function withAlerts(open: ReadonlyMap<string, Alert>, told: Iterable<Alert>): ReadonlyMap<string, Alert> {
  const next = new Map(open)
  for (const alert of told) {
    if ((next.get(alert.id)?.version ?? 0) > alert.version) continue
    if (alert.state === 'open') next.set(alert.id, alert)
    else next.delete(alert.id)
  }
  return next
}
