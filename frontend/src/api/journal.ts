/** The journal: addresses and shapes. */
import { request } from './client'
import type { components } from './schema'
import type { CursorPage, Page } from './types'

type Schemas = components['schemas']

export type JournalEntry = Schemas['Entry']
export type JournalEntryDetail = Schemas['EntryDetail']
export type JournalAction = Schemas['JournalAction']
export type VerificationRun = Required<Schemas['VerificationRun']>
export type JournalFilter = Partial<Record<'action' | 'actor' | 'subject' | 'site' | 'since' | 'until', string>>

/** A filter as the API takes it: of several actions any. */
function parameters(filter: JournalFilter): URLSearchParams {
  const made = new URLSearchParams()
  for (const [name, value] of Object.entries(filter)) {
    if (value === '') continue
    for (const one of name === 'action' ? value.split(',') : [value]) made.append(name, one)
  }
  return made
}

/** A page of entries. `older` is the `next` of the page before: only its cursor is taken from it. */
export function listJournal(filter: JournalFilter, older: string | null, signal?: AbortSignal): Promise<CursorPage<JournalEntry>> {
  const asked = parameters(filter)
  asked.set('page_size', '60')
  const cursor = older === null ? null : new URL(older, 'http://api').searchParams.get('cursor')
  if (cursor !== null) asked.set('cursor', cursor)
  return request('GET', `journal/?${asked.toString()}`, { signal })
}
export const readJournalEntry = (id: number, signal?: AbortSignal): Promise<JournalEntryDetail> => request('GET', `journal/${id}/`, { signal })
export const listActions = (): Promise<JournalAction[]> => request('GET', 'journal/actions/')

export const listVerifications = (): Promise<Page<VerificationRun>> => request('GET', 'journal/verifications/', { query: { page_size: 5 } })
export const askVerification = (): Promise<VerificationRun> => request('POST', 'journal/verifications/')
export const readVerification = (id: string): Promise<VerificationRun> => request('GET', `journal/verifications/${id}/`)

/** Where a file of what the filter finds is got. */
export function journalExportAddress(filter: JournalFilter, kind: 'csv' | 'jsonl'): string {
  const asked = parameters(filter)
  asked.set('as', kind)
  return `/api/journal/export/?${asked.toString()}`
}
