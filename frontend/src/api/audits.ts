/** Audits of a site's risks: addresses and shapes. */
import { request } from './client'
import { all } from './endpoints'
import type { components } from './schema'

type Schemas = components['schemas']

export type AuditBrief = Schemas['AuditBrief']
export type Audit = Schemas['AuditDetail']
export type AuditState = Schemas['AuditState']
export type AuditedRisk = Schemas['RiskView']
export type Cell = Schemas['Cell']
export type Step = Schemas['Step']
export type Treatment = Schemas['Treatment']
export type Protection = Schemas['ProtectionView']
export type ProtectionKind = Schemas['ProtectionKind']
export type Measure = Schemas['MeasureView']
export type MeasureState = Schemas['MeasureState']
export type Contradiction = Schemas['ContradictionView']
export type Responsible = Schemas['Responsible']
export type RiskCatalogue = Schemas['RiskCatalogue']
export type AuditChoices = Schemas['AuditChoices']
export type AuditChanges = Schemas['AuditChanges']
export type HistoryEntry = Schemas['HistoryEntry']
export type Needed = Schemas['Needed']
export type Origin = Schemas['AuditInputOriginEnum']
export type RiskInput = Schemas['RiskInputRequest']
export type ProtectionInput = Schemas['ProtectionInputRequest']
export type MeasureInput = Schemas['MeasureInputRequest']
export type Judged = 1 | 2 | 3 | 4 | 5

const audit = (id: string): string => `risk-audits/${id}/`
const results = async <T>(path: string, signal?: AbortSignal): Promise<T[]> => (await request<{ results: T[] }>('GET', path, { signal })).results

export const listAudits = (signal?: AbortSignal): Promise<AuditBrief[]> => all('risk-audits/', signal)
export const readCatalogue = (signal?: AbortSignal): Promise<RiskCatalogue> => request('GET', 'risk-catalogue/', { signal })
/** What about audits needs somebody, most urgent first. */
export const listNeeded = (signal?: AbortSignal): Promise<Needed[]> => results('risk-audits/attention/', signal)
export const readAudit = (id: string, signal?: AbortSignal): Promise<Audit> => request('GET', audit(id), { signal })
export const readChoices = (id: string, signal?: AbortSignal): Promise<AuditChoices> => request('GET', `${audit(id)}choices/`, { signal })
export const readChanges = (id: string, signal?: AbortSignal): Promise<AuditChanges> => request('GET', `${audit(id)}changes/`, { signal })
export const readHistory = (id: string, signal?: AbortSignal): Promise<HistoryEntry[]> => results(`${audit(id)}history/`, signal)
export const beginAudit = (site: string, origin: Origin, template = ''): Promise<Audit> => request('POST', 'risk-audits/', { body: { site, origin, template } })
export const changeAudit = (id: string, version: number, change: { scope?: string; review_on?: string | null }): Promise<Audit> => request('PATCH', audit(id), { body: { version, ...change } })
export const submitAudit = (id: string, version: number): Promise<Audit> => request('POST', `${audit(id)}submit/`, { body: { version } })
export const sendAuditBack = (id: string, comment: string): Promise<Audit> => request('POST', `${audit(id)}send-back/`, { body: { comment } })
export const reviewAudit = (id: string, version: number, comment: string): Promise<Audit> => request('POST', `${audit(id)}review/`, { body: { version, comment } })
export const approveAudit = (id: string, version: number, comment: string): Promise<Audit> => request('POST', `${audit(id)}approve/`, { body: { version, comment } })
export const withdrawAudit = (id: string, comment: string): Promise<Audit> => request('POST', `${audit(id)}withdraw/`, { body: { comment } })
export const auditPdf = (id: string): string => `/api/${audit(id)}pdf/`

export const addRisk = (id: string, risk: RiskInput): Promise<Audit> => request('POST', `${audit(id)}risks/`, { body: risk })
export const changeRisk = (id: string, risk: string, version: number, change: RiskInput): Promise<Audit> => request('PATCH', `${audit(id)}risks/${risk}/`, { body: { version, ...change } })
export const removeRisk = (id: string, risk: string): Promise<void> => request('DELETE', `${audit(id)}risks/${risk}/`)
export const linkRules = (id: string, risk: string, rules: readonly string[]): Promise<Audit> => request('PATCH', `${audit(id)}risks/${risk}/rules/`, { body: { rules } })
/** Leave a risk as it was judged although facts contradict it, and say why. */
export const keepRisk = (id: string, risk: string, of: Pick<Contradiction, 'kind' | 'key'>, why: string): Promise<Audit> => request('POST', `${audit(id)}risks/${risk}/keep/`, { body: { kind: of.kind, key: of.key, why } })
export const progressMeasure = (id: string, measure: string, state: MeasureState, note: string): Promise<Audit> => request('POST', `${audit(id)}measures/${measure}/progress/`, { body: { state, note } })
export const testProtection = (id: string, protection: string, note: string): Promise<Audit> => request('POST', `${audit(id)}protections/${protection}/tests/`, { body: { tested_on: null, note } })
