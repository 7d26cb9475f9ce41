/** An entry that is being written: what the composer holds, and what of it is sent. */
import type { LogbookInput } from '../api/logbook'
import { instantOf } from '../lib/zone'

export interface Link {
  id: string
  text: string
}

export interface EntryDraft {
  category: string
  site: string
  place: string
  text: string
  /** As the browser's control says it, on the organisation's clock; empty: now. */
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
    happened_at: draft.earlier === '' ? null : (instantOf(draft.earlier)?.toISOString() ?? null),
    alerts: draft.alerts.map((link) => link.id),
    cameras: draft.cameras.map((link) => link.id),
    corrects: follows.corrects ?? null,
    adds_to: follows.adds_to ?? null,
  }
}
