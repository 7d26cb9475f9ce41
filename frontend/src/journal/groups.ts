/** Actions by what they are about, and the filter that an address asks for. Pure. */
import type { JournalFilter } from '../api/journal'
import { midnight } from '../lib/days'
import type { PlainKey } from '../texts'

export type Group = 'ways_in' | 'people' | 'cameras' | 'rules' | 'alerts' | 'pictures' | 'logbook' | 'journal' | 'other'

export const GROUPS: Record<Group, PlainKey> = {
  ways_in: 'journal.group_ways_in',
  people: 'journal.group_people',
  cameras: 'journal.group_cameras',
  rules: 'journal.group_rules',
  alerts: 'journal.group_alerts',
  pictures: 'journal.group_pictures',
  logbook: 'journal.group_logbook',
  journal: 'journal.group_journal',
  other: 'journal.group_other',
}

// The first that fits counts.
const PATTERNS: readonly [RegExp, Group][] = [
  [/^(sign|password|token|session|passkey|device)/, 'ways_in'],
  [/^(live_viewed|clip_viewed|recording)/, 'pictures'],
  [/^(journal|personal)/, 'journal'],
  [/^(logbook|duty|handover)/, 'logbook'],
  [/^(alert)/, 'alerts'],
  [/^(rule)/, 'rules'],
  [/^(camera|zone|line|wall|plan|watcher)/, 'cameras'],
  [/^(member|role|invitation|organisation|site|profile)/, 'people'],
]

export function groupOf(action: string): Group {
  return PATTERNS.find(([pattern]) => pattern.test(action))?.[1] ?? 'other'
}

export function isGroup(value: string | null): value is Group {
  return value !== null && value in GROUPS
}

export const QUERIES = ['group', 'action', 'actor', 'subject', 'site', 'from', 'to'] as const

/** The filter that the address asks for. A group stands for all its actions; an action alone for itself. */
export function journalFilter(query: (name: string) => string | null, actions: readonly { key: string }[]): JournalFilter {
  const filter: JournalFilter = {}
  for (const name of ['actor', 'subject', 'site'] as const) {
    const value = query(name)
    if (value) filter[name] = value
  }
  const action = query('action')
  const group = query('group')
  if (action) filter.action = action
  else if (isGroup(group)) filter.action = actions.map((one) => one.key).filter((key) => groupOf(key) === group).join(',')
  const since = midnight(query('from'), 0)
  const until = midnight(query('to'), 1)
  if (since) filter.since = since
  if (until) filter.until = until
  return filter
}

/** Where what an entry is about can be looked at; `null` where there is no page for it. */
export function pageOf(subject: { kind: string; id: string }): string | null {
  if (subject.kind === 'alerts.alert') return `/alerts/${subject.id}`
  if (subject.kind === 'detection.camera') return `/studio/cameras/${subject.id}`
  if (subject.kind === 'alerts_logbook.handover') return `/logbook/handover/${subject.id}`
  if (subject.kind === 'alerts.rule') return `/studio/rules/${subject.id}`
  if (subject.kind === 'crisis_audits.riskaudit') return `/crisis/audits/${subject.id}`
  return null
}
