/** How the logbook is read: by day, filtered as the address says. Pure, so that it can be tested without a page. */
import type { LogbookCategory, LogbookEntry, LogbookFilter } from '../api/logbook'
import { dayKey, midnight } from '../lib/days'
import type { Language } from '../lib/language.svelte'

export interface Day {
  /** `2026-11-25`, on the organisation's clock. */
  key: string
  at: Date
  entries: LogbookEntry[]
}

/** Entries in the order they came, day by day. */
export function byDay(entries: readonly LogbookEntry[]): Day[] {
  const days: Day[] = []
  for (const entry of entries) {
    const at = new Date(entry.happened_at)
    const last = days[days.length - 1]
    if (last?.key === dayKey(at)) last.entries.push(entry)
    else days.push({ key: dayKey(at), at, entries: [entry] })
  }
  return days
}

/** What happened last first; of the same instant what was written last. */
export function inOrder(entries: readonly LogbookEntry[]): LogbookEntry[] {
  return [...entries].sort((a, b) => Date.parse(b.happened_at) - Date.parse(a.happened_at) || b.reference.localeCompare(a.reference))
}

/** Both lists as one, each entry once, as it was read last. */
export function merged(known: readonly LogbookEntry[], fresh: readonly LogbookEntry[]): LogbookEntry[] {
  return inOrder([...new Map([...known, ...fresh].map((entry) => [entry.id, entry])).values()])
}

/** Whether a later entry says that this one is wrong. */
export function correction(entry: LogbookEntry): LogbookEntry['followers'][number] | undefined {
  return entry.followers.find((one) => one.kind === 'correction')
}

export const FILTERS = ['category', 'site', 'camera', 'author', 'alert', 'q'] as const

/** The filter that the address asks for; its days are the organisation's. */
export function filterFrom(query: (name: string) => string | null): LogbookFilter {
  const filter: LogbookFilter = {}
  for (const name of FILTERS) {
    const value = query(name)
    if (value) filter[name] = value
  }
  const from = midnight(query('from'), 0)
  const to = midnight(query('to'), 1)
  if (from) filter.since = from
  if (to) filter.until = to
  return filter
}

/** The category as it is now: an entry holds the names it had when the entry was read. */
export function current(category: LogbookEntry['category'], known: readonly LogbookCategory[]): LogbookEntry['category'] {
  return known.find((one) => one.id === category.id) ?? category
}

/** A category's name in the reader's language, or else in any that it has. */
export function categoryName(category: Pick<LogbookCategory, 'names' | 'key'>, language: Language): string {
  return category.names[language] ?? category.names['en'] ?? Object.values(category.names)[0] ?? category.key
}
