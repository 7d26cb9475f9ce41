/** The simulated phones, and the texts that nobody could place: addresses and shapes. */
import { request } from './client'
import type { AnswerKind } from './responder'
import type { components } from './schema'
import type { CursorPage, Page } from './types'

type Schemas = components['schemas']

export type Phone = Schemas['Phone']
export type PhoneMessage = Schemas['PhoneMessage']
export type IncomingText = Schemas['IncomingView']
export type Candidate = Schemas['Candidate']

export const listPhones = (signal?: AbortSignal): Promise<Phone[]> => request('GET', 'simulated-phones/', { signal })
/** What a phone received last, the newest first. */
export const readPhone = async (to: string, signal?: AbortSignal): Promise<PhoneMessage[]> =>
  (await request<CursorPage<PhoneMessage>>('GET', `simulated-phones/${encodeURIComponent(to)}/`, { query: { page_size: 20 }, signal })).results
/** A text from a phone (`message` null), an answer to an e-mail, or a key during a call. */
export const replyFrom = (to: string, text: string, message: string | null = null): Promise<void> =>
  request('POST', `simulated-phones/${encodeURIComponent(to)}/replies/`, { body: { text, message } })

export const listTexts = (settled: boolean, page = 1, signal?: AbortSignal): Promise<Page<IncomingText>> =>
  request('GET', 'incoming-texts/', { query: { settled: settled ? 'true' : undefined, page: page === 1 ? undefined : page, page_size: 50 }, signal })
export const countTexts = async (signal?: AbortSignal): Promise<number> => (await request<Page<IncomingText>>('GET', 'incoming-texts/', { query: { page_size: 1 }, signal })).count

export interface Binding {
  person: string
  message: string
  kind: AnswerKind
  place: string
}
export const bindText = (id: string, to: Binding): Promise<unknown> => request('POST', `incoming-texts/${id}/bind/`, { body: to })
export const dismissText = (id: string, text: string): Promise<unknown> => request('POST', `incoming-texts/${id}/dismiss/`, { body: { text } })
