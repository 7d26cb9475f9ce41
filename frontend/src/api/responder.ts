/** The responder's part of the API: instructions of the moment, own messages, the link in a message, push. */
import { language, t } from '../lib/language.svelte'
import { request, requestFile } from './client'
import { ApiError, errorFrom } from './errors'
import type { components } from './schema'

type Schemas = components['schemas']

export type AnswerKind = Schemas['AnswerKind']
export type ReadMessage = Schemas['ReadMessage']
export type OwnMessage = Schemas['OwnMessage']
export type OwnAnswer = Schemas['OwnAnswer']
export type Choice = Schemas['Choice']
export type MessageTexts = Schemas['MessageTexts']
export type PushView = Schemas['PushView']
export type PushDevice = Schemas['PushDevice']

/** An answer as it is entered; `once` makes it the same answer however often it is sent. */
export interface Entered {
  kind: AnswerKind
  text: string
  place: string
  once: string
}

export const listOwnMessages = (): Promise<OwnMessage[]> => request('GET', 'me/messages/')
export const markSeen = (id: string): Promise<void> => request('POST', `me/messages/${id}/seen/`)
export const answerMessage = (id: string, answer: Entered): Promise<OwnMessage> => request('POST', `me/messages/${id}/answer/`, { body: answer })

/** What the link in a message opens. It answers nothing. */
export const openLink = (token: string): Promise<ReadMessage> => request('POST', 'answer-link/', { body: { token }, keepSession: true })
export const answerByLink = (token: string, answer: Entered): Promise<ReadMessage> => request('POST', 'answer-link/answer/', { body: { token, ...answer }, keepSession: true })

/** A message's own words as sound, whole or plain. */
export const hearMessage = (id: string, spoken: string, plain: boolean): Promise<Blob> => requestFile('GET', `me/messages/${id}/sound/`, { query: { language: spoken, plain: String(plain) } })
export const hearByLink = (token: string, spoken: string, plain: boolean): Promise<Blob> => requestFile('POST', 'answer-link/sound/', { body: { token, language: spoken, plain }, keepSession: true })

export const readPush = (): Promise<PushView> => request('GET', 'me/push/')
export const keepPush = (subscription: PushSubscriptionJSON): Promise<PushDevice> => request('POST', 'me/push/', { body: subscription })
export const dropPush = (id: string): Promise<void> => request('DELETE', `me/push/${id}/`)

/** An instruction's words as sound, from its signed address while that holds, else by the session. Throws `ApiError`, whose message is a sentence. */
export async function readSound(instruction: string, spoken: string, signed?: string): Promise<Blob> {
  let response = signed === undefined ? undefined : await ask(signed)
  if (response === undefined || response.status === 404) response = await ask(`/api/me/instructions/${instruction}/sound/?language=${encodeURIComponent(spoken)}`)
  if (!response.ok) throw errorFrom(response.status, await response.json().catch(() => null))
  return response.blob()
}

async function ask(address: string): Promise<Response> {
  try {
    return await fetch(address, { headers: { 'Accept-Language': language() }, credentials: 'same-origin' })
  } catch {
    throw new ApiError(0, 'network', t('error.network'))
  }
}
