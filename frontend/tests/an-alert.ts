/** An alert for tests: all of it, with what a test wants otherwise. */
import type { Alert } from '../src/api/types'

export function alert(over: Partial<Alert> = {}): Alert {
  const at = '2026-11-22T14:31:14Z'
  return {
    id: 'a', site: { id: 's', name: 'Campus' }, camera: { id: 'c', name: 'Forecourt' }, area: 'Lawn', rule: { id: 'r', name: 'Closed grounds', version: 4 },
    severity: 4, state: 'open', why: { code: 'stays', params: {}, text: { en: 'Stayed: person', fr: 'Est restée : personne' } }, captured_at: at, raised_at: at,
    committed_at: at, last_seen_at: at, ended_at: null, assigned_to: null, acknowledged_by: null, acknowledged_at: null, closed_by: null, closed_at: null,
    false_alarm_reason: null, take_by: null, escalated_at: null, version: 1, recordings: [], ...over,
  }
}
