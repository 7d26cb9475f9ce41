/** Alerts as the feed and the alert page ask for them: pages by urgency, counts, answers to many, who looked, what came before. */
import { request } from './client'
import type { Answer } from './endpoints'
import type { components } from './schema'
import type { Alert, CursorPage } from './types'
import type { AlertFilter } from '../feed/merge'

type Schemas = components['schemas']
export type AlertCounts = Schemas['AlertCounts']
export type Similar = Schemas['SimilarBefore']
export type Sighting = Schemas['Sighting']
export type ClipTimes = Schemas['ClipTimes']
export type TakeTimes = Schemas['TakeTimes']
export type Outcome = Schemas['BulkOutcome']

/** One page, what is most urgent first. `older` is the `next` of the page before. */
export function pageOfAlerts(filter: AlertFilter, older: string | null, size: number, signal?: AbortSignal): Promise<CursorPage<Alert>> {
  const wanted = parameters(filter)
  wanted.set('order', 'urgency')
  wanted.set('page_size', String(size))
  const cursor = older === null ? null : new URL(older, 'http://api').searchParams.get('cursor')
  if (cursor !== null) wanted.set('cursor', cursor)
  return request('GET', `alerts/?${wanted}`, { signal })
}

export const countAlerts = (filter: AlertFilter, signal?: AbortSignal): Promise<AlertCounts> => request('GET', `alerts/counts/?${parameters(filter)}`, { signal })
export const readSimilar = (id: string, signal?: AbortSignal): Promise<Similar> => request('GET', `alerts/${id}/similar/`, { signal })
/** Say that one looks at an alert: colleagues see it. */
export const sayLooking = (id: string): Promise<void> => request('POST', `alerts/${id}/seen/`)

/** One answer to many alerts as they were seen; each says what became of it. */
export async function answerMany(alerts: readonly Pick<Alert, 'id' | 'version'>[], { action, ...words }: Answer): Promise<Outcome[]> {
  const seen = alerts.map(({ id, version }) => ({ id, version }))
  const answer = action === 'false-alarm' ? 'false_alarm' : action
  const { results }: Schemas['BulkOutcomes'] = await request('POST', 'alerts/bulk/', { body: { answer, alerts: seen, ...words } })
  return results
}

export const readTakeTimes = (): Promise<TakeTimes> => request('GET', 'alerts/take-times/')
export const changeTakeTimes = (times: Partial<TakeTimes> & { version: number }): Promise<TakeTimes> => request('PATCH', 'alerts/take-times/', { body: times })

/** The filter as the API takes it: several values of one name are repeated. */
function parameters(filter: AlertFilter): URLSearchParams {
  const made = new URLSearchParams()
  for (const [name, value] of Object.entries(filter)) {
    if (typeof value !== 'string' || value === '') continue
    for (const one of name === 'state' || name === 'severity' ? value.split(',') : [value]) made.append(name, one)
  }
  return made
}
