/** The list from which an alert was opened, so that its page leads to the one before and after. Kept for this tab. */

import { onLeft } from '../lib/session.svelte'

const KEY = 'vigie.alerts.list'
const MOST = 1_000

export interface Neighbours {
  previous: string | null
  next: string | null
  /** Its place in the list, from 1, and how many that list held. */
  place: number
  of: number
}

onLeft(() => {
  try {
    sessionStorage.removeItem(KEY)
  } catch {
    // Nothing could be kept here.
  }
})

export function remember(alerts: readonly { id: string }[]): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ids: alerts.slice(0, MOST).map((alert) => alert.id), search: location.search }))
  } catch {
    // Then there is no way from one to the next but the list.
  }
}

/** The alerts beside this one in the list it was opened from, or `null`. */
export function neighbours(id: string): Neighbours | null {
  const { ids } = kept()
  const index = ids.indexOf(id)
  return index === -1 ? null : { previous: ids[index - 1] ?? null, next: ids[index + 1] ?? null, place: index + 1, of: ids.length }
}

/** The address of the list it was opened from. */
export function listAddress(): string {
  return `/alerts${kept().search}`
}

function kept(): { ids: string[]; search: string } {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null')
    if (typeof read === 'object' && read !== null && 'ids' in read && Array.isArray(read.ids) && 'search' in read && typeof read.search === 'string') {
      return { ids: read.ids.filter((id): id is string => typeof id === 'string'), search: read.search }
    }
  } catch {
    // Nothing was kept.
  }
  return { ids: [], search: '' }
}
