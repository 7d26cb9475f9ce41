/** Plans of response: addresses and shapes. Floor plans are in `places.ts`. */
import { request, requestFile } from './client'
import { all } from './endpoints'
import type { components } from './schema'
import type { Named } from './types'

type Schemas = components['schemas']

export type ResponsePlan = Schemas['PlanView']
export type PlanMark = Schemas['PlanVersionMark']
export type PlanVersion = Schemas['PlanVersionView']
export type PlanContent = Schemas['PlanContent']
export type PlanStep = PlanContent['steps'][number]
export type MessageStep = Schemas['PlanMessageStep']
export type Audience = Schemas['PlanAudience']
export type Group = Audience['groups'][number]
export type Words = Schemas['PlanWords']
export type Choice = Schemas['PlanChoice']
export type Channel = Schemas['PlanChannel']
export type RefKind = Schemas['RefKind']
export type PlanHole = Schemas['PlanHole']
export type PlanReach = Schemas['PlanReach']
export type PlanChanges = Schemas['PlanChanges']
export type PlanTemplate = Schemas['PlanTemplateView']
export type PlanPreview = Schemas['PlanPreview']
export type PlanStart = Schemas['PlanStartView']
export type PlanStartInput = Schemas['PlanStartInputRequest']
export type Starting = Schemas['Starting']
export type TextPlace = Schemas['TextPlaceView']
export type Segments = Schemas['SegmentsView']
export type EmergencyContact = Schemas['EmergencyContactView']
export type Profile = Schemas['Profile']
export type PersonList = Schemas['PersonList']
export type Schedule = Schemas['Schedule']
export type AuditBrief = Schemas['AuditBrief']

const version = (plan: string, id: string): string => `plans/${plan}/versions/${id}/`

export const listResponsePlans = (signal?: AbortSignal): Promise<ResponsePlan[]> => all('plans/', signal)
export const listPlanTemplates = (signal?: AbortSignal): Promise<PlanTemplate[]> => all('plan-templates/', signal)
/** Begin a plan: empty, of a template, or as a copy; the answer is its first draft. */
export const beginPlan = (plan: { site: string; name: string; template: string; copy_of: string | null }): Promise<PlanVersion> => request('POST', 'plans/', { body: plan })
export const renamePlan = (id: string, name: string, seen: number): Promise<ResponsePlan> => request('PATCH', `plans/${id}/`, { body: { name, version: seen } })
export const removeResponsePlan = (id: string): Promise<void> => request('DELETE', `plans/${id}/`)

export const listPlanVersions = (plan: string, signal?: AbortSignal): Promise<PlanMark[]> => all(`plans/${plan}/versions/`, signal)
export const readPlanVersion = (plan: string, id: string, signal?: AbortSignal): Promise<PlanVersion> => request('GET', version(plan, id), { signal })
export const readHoles = (plan: string, id: string, signal?: AbortSignal): Promise<Schemas['PlanHoles']> => request('GET', `${version(plan, id)}holes/`, { signal })
export const readReach = (plan: string, id: string, signal?: AbortSignal): Promise<PlanReach> => request('GET', `${version(plan, id)}reach/`, { signal })
export const readPlanChanges = (plan: string, id: string, signal?: AbortSignal): Promise<PlanChanges> => request('GET', `${version(plan, id)}changes/`, { signal })
/** A text as people receive it, with example facts; `words` instead of those that are saved. */
export interface Previewed {
  step: string | null
  language: string
  form: string
  words?: Words
}
export const previewWords = (plan: string, id: string, what: Previewed, signal?: AbortSignal): Promise<PlanPreview> =>
  request('POST', `${version(plan, id)}preview/`, { body: { exercise: false, ...what }, signal })
/** The same text spoken. */
export const hearWords = (plan: string, id: string, what: Previewed): Promise<Blob> => requestFile('POST', `${version(plan, id)}preview/sound/`, { body: { exercise: false, ...what } })
/** How to go on without the system, in the reader's language: on paper, or one file that a phone opens without a network. */
export const binderFile = (plan: string, id: string, as: 'pdf' | 'page'): string => `/api/${version(plan, id)}binder/${as === 'page' ? 'page/' : ''}`

export const newPlanVersion = (plan: string): Promise<PlanVersion> => request('POST', `plans/${plan}/draft/`)
/** Save the draft as a whole; 409 when a colleague was first. */
export const savePlan = (plan: string, edits: number, document: PlanContent, risk: string | null): Promise<PlanVersion> => request('PUT', `plans/${plan}/draft/`, { body: { edits, document, risk } })
export const discardPlan = (plan: string): Promise<void> => request('DELETE', `plans/${plan}/draft/`)
export const submitPlan = (plan: string, edits: number): Promise<PlanVersion> => request('POST', `plans/${plan}/submit/`, { body: { edits } })
export const sendPlanBack = (plan: string, edits: number, comment: string): Promise<PlanVersion> => request('POST', `plans/${plan}/send-back/`, { body: { edits, comment } })
export const approvePlan = (plan: string, edits: number): Promise<PlanVersion> => request('POST', `plans/${plan}/approve/`, { body: { edits } })

export const listPlanStarts = async (plan: string, signal?: AbortSignal): Promise<PlanStart[]> =>
  (await request<{ results: PlanStart[] }>('GET', 'plan-starts/', { query: { plan, page_size: 200 }, signal })).results
export const addPlanStart = (start: PlanStartInput): Promise<PlanStart> => request('POST', 'plan-starts/', { body: start })
export const changePlanStart = (id: string, change: Partial<Omit<PlanStartInput, 'rule' | 'plan'>> & { version: number }): Promise<PlanStart> => request('PATCH', `plan-starts/${id}/`, { body: change })
export const removePlanStart = (id: string): Promise<void> => request('DELETE', `plan-starts/${id}/`)

export const listTextPlaces = (signal?: AbortSignal): Promise<TextPlace[]> => all('text-places/', signal)
export const countSegments = (text: string, signal?: AbortSignal): Promise<Segments> => request('POST', 'sms-segments/', { body: { text }, signal })
export const listContacts = (signal?: AbortSignal): Promise<EmergencyContact[]> => all('emergency-contacts/', signal)
export const listProfiles = (signal?: AbortSignal): Promise<Profile[]> => all('profiles/', signal)
export const listPersonLists = (signal?: AbortSignal): Promise<PersonList[]> => all('person-lists/', signal)
export const listSchedules = (signal?: AbortSignal): Promise<Schedule[]> => all('schedules/', signal)
/** People whose name has these letters, the first of them. */
export const findPeople = async (text: string, signal?: AbortSignal): Promise<Named[]> => {
  const page = await request<{ results: { id: string; display_name: string }[] }>('GET', 'people/', { query: { q: text, page_size: 8 }, signal })
  return page.results.map((one) => ({ id: one.id, name: one.display_name }))
}

/** A risk of an approved audit, and which audit that is. */
export interface ApprovedRisk extends Named {
  audit: string
  reference: string
}

/** The risks of a site's approved audits, which a plan may answer. */
export async function listApprovedRisks(site: string, signal?: AbortSignal): Promise<ApprovedRisk[]> {
  const { results } = await request<{ results: AuditBrief[] }>('GET', 'risk-audits/', { query: { site, state: 'approved', page_size: 20 }, signal })
  const audits = await Promise.all(results.map((one) => request<Schemas['AuditDetail']>('GET', `risk-audits/${one.id}/`, { signal })))
  return audits.flatMap((audit) => audit.risks.map((risk) => ({ id: risk.id, name: `${risk.reference} ${risk.name}`, audit: audit.id, reference: risk.reference })))
}
