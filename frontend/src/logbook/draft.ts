/** An entry that is being written: what the composer holds, and what of it is sent. */
import type { LogbookInput } from '../api/logbook'

export interface Link {
  id: string
  text: string
}

export interface EntryDraft {
  category: string
  site: string
  place: string
  text: string
  /** Local time as the browser's control says it; empty: now. */
  earlier: string
  alerts: Link[]
  cameras: Link[]
}

export function emptyDraft(): EntryDraft {
  return { category: '', site: '', place: '', text: '', earlier: '', alerts: [], cameras: [] }
}

/** Whether something would be lost. */
export function isBegun(draft: EntryDraft): boolean {
  return draft.text.trim() !== '' || draft.place.trim() !== '' || draft.alerts.length > 0 || draft.cameras.length > 0
}

export function toSend(draft: EntryDraft, follows: { corrects?: string; adds_to?: string } = {}): LogbookInput {
  return {
    category: draft.category,
    text: draft.text.trim(),
    site: draft.site === '' ? null : draft.site,
    place: draft.place.trim(),
    happened_at: draft.earlier === '' ? null : new Date(draft.earlier).toISOString(),
    alerts: draft.alerts.map((link) => link.id),
    cameras: draft.cameras.map((link) => link.id),
    corrects: follows.corrects ?? null,
    adds_to: follows.adds_to ?? null,
  }
}

/** An instant as the browser's control for day and time writes it: local, to the minute. */
export function localMinute(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`
}
