/** Duty and the logbook: addresses and shapes. */
import { request } from './client'
import type { components } from './schema'
import type { CursorPage } from './types'

type Schemas = components['schemas']

export type Duty = Schemas['DutyView']
export type LogbookEntry = Schemas['LogbookEntryView']
export type LogbookCategory = Schemas['LogbookCategory']
export type LogbookCategoryChange = Schemas['PatchedCategoryChangeRequest']
export type LogbookInput = Schemas['LogbookInputRequest']

export const listDuty = (): Promise<Duty[]> => request('GET', 'duty/')
/** Take up duty, at a site or (null) at all of them. */
export const takeUpDuty = (site: string | null): Promise<Duty> => request('POST', 'duty/', { body: { site } })
export const endDuty = (): Promise<void> => request('DELETE', 'duty/')

/** What the logbook is narrowed to; instants are ISO 8601. */
export interface LogbookFilter {
  category?: string
  site?: string
  camera?: string
  author?: string
  alert?: string
  since?: string
  until?: string
  q?: string
}

const PAGE = 60

/** A page of entries. `older` is the `next` of the page before: only its cursor is taken from it. */
export function listEntries(filter: LogbookFilter, older: string | null, signal?: AbortSignal): Promise<CursorPage<LogbookEntry>> {
  const cursor = older === null ? undefined : (new URL(older, 'http://api').searchParams.get('cursor') ?? undefined)
  return request('GET', 'logbook/', { query: { ...filter, cursor, page_size: PAGE }, signal })
}
export const readEntry = (id: string): Promise<LogbookEntry> => request('GET', `logbook/${id}/`)
export const writeEntry = (entry: LogbookInput): Promise<LogbookEntry> => request('POST', 'logbook/', { body: entry })
export const listCategories = (): Promise<LogbookCategory[]> => request('GET', 'logbook/categories/')
export const addCategory = (names: Record<string, string>): Promise<LogbookCategory> => request('POST', 'logbook/categories/', { body: { names } })
/** Rename a category, move it in front of another (null: to the end), or offer it or not. 409 when a colleague was first. */
export const changeCategory = (id: string, change: LogbookCategoryChange): Promise<LogbookCategory> => request('PATCH', `logbook/categories/${id}/`, { body: change })
export const readPolicy = (): Promise<{ months: number }> => request('GET', 'logbook/policy/')
export const changePolicy = (months: number): Promise<{ months: number }> => request('PATCH', 'logbook/policy/', { body: { months } })

/** Where a file of what the filter finds is got. */
export function exportAddress(filter: LogbookFilter, kind: 'csv' | 'jsonl'): string {
  const parameters = new URLSearchParams({ as: kind })
  for (const [name, value] of Object.entries(filter)) if (typeof value === 'string' && value !== '') parameters.set(name, value)
  return `/api/logbook/export/?${parameters.toString()}`
}
