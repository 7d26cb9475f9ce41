/** What the feed shows, row by row: groups, alerts, and repeated ones of one rule folded under the newest. */
import type { Alert } from '../api/types'
import { isClosed } from '../feed/merge'

export type Group = 'open' | 'taken' | 'closed'
export type FeedRow =
  | { kind: 'group'; key: string; group: Group }
  | { kind: 'alert'; key: string; alert: Alert; under: string | null }
  | { kind: 'fold'; key: string; head: string; alerts: readonly Alert[]; open: boolean }

/** How far before the newest one a repeated alert may be, ms. */
export const REPEATED_WITHIN = 10 * 60_000

export function groupOf(alert: Pick<Alert, 'state'>): Group {
  if (alert.state === 'open') return 'open'
  return isClosed(alert) ? 'closed' : 'taken'
}

/** The rows of a list that is ordered by urgency. `opened` holds the ids of the alerts whose fold is open. */
export function rowsOf(alerts: readonly Alert[], opened: ReadonlySet<string>): FeedRow[] {
  const rows: FeedRow[] = []
  let group: Group | null = null
  for (const { head, repeated } of folded(alerts)) {
    if (groupOf(head) !== group) {
      group = groupOf(head)
      rows.push({ kind: 'group', key: `group ${group}`, group })
    }
    rows.push({ kind: 'alert', key: head.id, alert: head, under: null })
    if (repeated.length === 0) continue
    const open = opened.has(head.id)
    rows.push({ kind: 'fold', key: `fold ${head.id}`, head: head.id, alerts: repeated, open })
    if (open) rows.push(...repeated.map((alert): FeedRow => ({ kind: 'alert', key: alert.id, alert, under: head.id })))
  }
  return rows
}

interface Folded {
  head: Alert
  repeated: Alert[]
}

function folded(alerts: readonly Alert[]): Folded[] {
  const found: Folded[] = []
  const newest = new Map<string, Folded>()
  for (const alert of alerts) {
    const head = newest.get(alike(alert))
    // A critical alert that nobody has taken is never folded away.
    const mayFold = !(alert.state === 'open' && alert.severity >= 4)
    if (head !== undefined && mayFold && Date.parse(head.head.captured_at) - Date.parse(alert.captured_at) <= REPEATED_WITHIN) {
      head.repeated.push(alert)
      continue
    }
    const one: Folded = { head: alert, repeated: [] }
    newest.set(alike(alert), one)
    found.push(one)
  }
  return found
}

function alike(alert: Alert): string {
  return [groupOf(alert), alert.rule.id, alert.camera.id, alert.severity].join(' ')
}

/** The ids between two rows, in the order of the list; folded ones are with their fold. */
export function between(rows: readonly FeedRow[], from: string, to: string): string[] {
  const ends = [from, to].map((key) => rows.findIndex((row) => row.key === key))
  const [first, last] = [Math.min(...ends), Math.max(...ends)]
  if (first < 0) return []
  return rows.slice(first, last + 1).flatMap(idsOf)
}

export function idsOf(row: FeedRow): string[] {
  if (row.kind === 'alert') return [row.alert.id]
  return row.kind === 'fold' && !row.open ? row.alerts.map((alert) => alert.id) : []
}
