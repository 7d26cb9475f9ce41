/** Plans under way: how they start, what is decided, who is in them, what happened. */
import { request } from './client'
import { all } from './endpoints'
import type { components } from './schema'
import type { CursorPage, Page } from './types'
import type { ActivationBrief } from './under-way'

type Schemas = components['schemas']

export type { ActivationBrief }
export type Activation = Schemas['ActivationView']
export type ActivationState = Schemas['ActivationState']
export type Step = Schemas['StepView']
export type StepState = Schemas['StepState']
export type Answers = Schemas['AnswerCounts']
export type ChannelCounts = Schemas['ChannelCounts']
export type Channel = Schemas['Channel']
export type HelpCall = Schemas['HelpView']
export type Minute = Schemas['Minute']
export type Participant = Schemas['ParticipantView']
export type PersonDelivery = Schemas['PersonDelivery']
export type ActivationLine = Schemas['ActivationLine']
export type Prepared = Schemas['PreparedView']
export type VerifiedHow = Schemas['VerifiedHow']
export type Sheet = Schemas['FilledSheetView']
export type Plan = Schemas['PlanView']
export type Reachable = Schemas['Person']

/** How people of a plan are told apart: by their answer, or that there is none yet, or that nothing reached them. */
export type AnswerFilter = keyof Answers

const of = (id: string): string => `activations/${id}/`
const post = (path: string, body?: unknown): Promise<Activation> => request('POST', path, { body })

export const readActivation = (id: string, signal?: AbortSignal): Promise<Activation> => request('GET', of(id), { signal })

/** A page of those that are over, or of an alert's. `older` is the `next` of the page before. */
export function pageOfActivations(query: string, older: string | null, signal?: AbortSignal): Promise<CursorPage<ActivationBrief>> {
  const cursor = older === null ? null : new URL(older, 'http://api').searchParams.get('cursor')
  return request('GET', `activations/?${query}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, { signal })
}
export const listOfAlert = async (alert: string, signal?: AbortSignal): Promise<ActivationBrief[]> => (await pageOfActivations(`alert=${alert}`, null, signal)).results

/** The plans of which a version is in force: others cannot be started. */
export const listPlansInForce = async (): Promise<Plan[]> => (await all<Plan>('plans/')).filter((plan) => plan.in_force !== null)
export const searchPeople = async (q: string, signal?: AbortSignal): Promise<Reachable[]> => (await request<Page<Reachable>>('GET', 'people/', { query: { q, page_size: 20 }, signal })).results

export interface Wanted {
  plan: string
  drill?: boolean
  /** Of a drill: the people it is for; none: everybody of the plan. */
  chosen?: string[]
  alert?: string | null
  /** The one that asks. */
  activation?: string | null
}
/** The first of two gestures: it says what is about to happen and tells nobody. */
export const prepare = (wanted: Wanted): Promise<Prepared> => request('POST', 'activations/prepare/', { body: wanted })
/** The second one: about exactly what the first one showed. */
export const start = ({ intent, digest }: Prepared): Promise<Activation> => post('activations/start/', { intent, digest })
export const drop = (id: string): Promise<Activation> => post(`${of(id)}drop/`)

export const verify = (id: string, how: VerifiedHow): Promise<Activation> => post(`${of(id)}verify/`, { how })
export const command = (id: string, who: { director: string | null; deputy: string | null }): Promise<Activation> => post(`${of(id)}command/`, who)
export type Said = Schemas['SayInputRequest']
export const sendMessage = (id: string, said: Said): Promise<Activation> => post(`${of(id)}message/`, said)
export const instruct = (id: string, words: Record<string, string>, recordings: Record<string, string> = {}): Promise<Activation> => post(`${of(id)}instruction/`, { words, recordings })
export const instructAgain = (id: string): Promise<Activation> => post(`${of(id)}instruction/again/`)
export const standDown = (id: string, version: number): Promise<Activation> => post(`${of(id)}stand-down/`, { version })
export const writeNote = (id: string, text: string): Promise<Activation> => post(`${of(id)}notes/`, { text, place: '' })

export type StepAct = 'hold' | 'release' | 'repeat'
export const actOnStep = (id: string, key: string, act: StepAct): Promise<Activation> => post(`${of(id)}steps/${key}/${act}/`)
export const finishStep = (id: string, key: string, note: string): Promise<Activation> => post(`${of(id)}steps/${key}/finish/`, { note })
/** What is read to an emergency service, filled with what is known now. */
export const readSheet = (id: string, key: string, signal?: AbortSignal): Promise<Sheet> => request('GET', `${of(id)}steps/${key}/sheet/`, { signal })

export const takeHelp = (id: string, call: HelpCall, who: string): Promise<Activation> => post(`${of(id)}help/${call.id}/take/`, { who, version: call.version })
export const closeHelp = (id: string, call: HelpCall): Promise<Activation> => post(`${of(id)}help/${call.id}/close/`, { version: call.version })

export const PEOPLE_A_PAGE = 100
export function pageOfPeople(id: string, asked: { answer: AnswerFilter | null; search: string; page: number }, signal?: AbortSignal): Promise<Page<Participant>> {
  const { answer, search, page } = asked
  return request('GET', `${of(id)}people/`, { query: { answer: answer ?? undefined, search, page, page_size: PEOPLE_A_PAGE }, signal })
}
export function pageOfLog(id: string, older: string | null, signal?: AbortSignal): Promise<CursorPage<ActivationLine>> {
  const cursor = older === null ? undefined : (new URL(older, 'http://api').searchParams.get('cursor') ?? undefined)
  return request('GET', `${of(id)}log/`, { query: { cursor, page_size: 60 }, signal })
}
