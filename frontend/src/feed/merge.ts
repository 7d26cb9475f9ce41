/** How alerts that arrive twice, late or out of order become one list: newest first, each once, newest version. */
import type { Alert } from '../api/types'

export interface AlertFilter {
  state?: string
  severity?: string
  camera?: string
}

/** The list with `alert` in its place. An older version than the one known changes nothing. */
export function put(list: readonly Alert[], alert: Alert): Alert[] {
  const known = list.find((one) => one.id === alert.id)
  if (known !== undefined && known.version > alert.version) return [...list]
  const rest = list.filter((one) => one.id !== alert.id)
  const at = Date.parse(alert.captured_at)
  const index = rest.findIndex((one) => Date.parse(one.captured_at) < at)
  return index === -1 ? [...rest, alert] : [...rest.slice(0, index), alert, ...rest.slice(index)]
}

/** Whether an alert belongs in a list with this filter; empty values do not filter. */
export function fits(alert: Alert, filter: AlertFilter): boolean {
  return (
    (!filter.state || filter.state === alert.state) &&
    (!filter.severity || filter.severity === String(alert.severity)) &&
    (!filter.camera || filter.camera === alert.camera.id)
  )
}

export function isClosed(alert: Pick<Alert, 'state'>): boolean {
  return alert.state === 'resolved' || alert.state === 'false_alarm'
}

/** An alert as an event's payload carries it, or `null` when it is something else. */
export function alertFrom(payload: Readonly<Record<string, unknown>>): Alert | null {
  const { id, version, captured_at, state, severity, why } = payload
  const whole = typeof id === 'string' && typeof version === 'number' && typeof captured_at === 'string'
  if (!whole || typeof state !== 'string' || typeof severity !== 'number' || typeof why !== 'object' || why === null) return null
  return payload as unknown as Alert
}
