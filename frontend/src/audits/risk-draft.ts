/** A risk as its form holds it, and as it is sent. Pure. */
import type { AuditedRisk, Cell, Judged, MeasureInput, MeasureState, ProtectionInput, ProtectionKind, Responsible, RiskInput } from '../api/audits'

export interface MeasureDraft {
  /** The same in every version; empty: it is new. */
  key: string
  what: string
  responsible: Responsible | null
  due_on: string
  state: MeasureState
}

export interface ProtectionDraft {
  key: string
  kind: ProtectionKind
  /** The camera's, device's or schedule's id; empty: something else. */
  of: string
  name: string
  last_tested: string
}

export interface RiskDraft {
  /** Of the catalogue; empty: it has a name of its own. */
  code: string
  own_name: string
  likelihood: Judged | null
  severity: Judged | null
  exposed: string
  missing: string
  notes: string
  responsible: Responsible | null
  due_on: string
  protections: ProtectionDraft[]
  measures: MeasureDraft[]
}

export const EMPTY_RISK: RiskDraft = { code: '', own_name: '', likelihood: null, severity: null, exposed: '', missing: '', notes: '', responsible: null, due_on: '', protections: [], measures: [] }
export const NEW_MEASURE: MeasureDraft = { key: '', what: '', responsible: null, due_on: '', state: 'planned' }

/** A value of a scale; `null` for what is none. */
export function judged(value: number | null): Judged | null {
  return value === 1 || value === 2 || value === 3 || value === 4 || value === 5 ? value : null
}

export function draftOf(risk: AuditedRisk): RiskDraft {
  return {
    code: risk.code,
    own_name: risk.own_name,
    likelihood: judged(risk.likelihood),
    severity: judged(risk.severity),
    exposed: risk.exposed,
    missing: risk.missing,
    notes: risk.notes,
    responsible: risk.responsible,
    due_on: risk.due_on ?? '',
    protections: risk.protections.map((one) => ({ key: one.key, kind: one.kind, of: one.of ?? '', name: one.name, last_tested: one.last_tested ?? '' })),
    measures: risk.measures.map((one) => ({ key: one.key, what: one.what, responsible: one.responsible, due_on: one.due_on ?? '', state: one.state })),
  }
}

const responsible = (who: Responsible | null): Pick<RiskInput, 'responsible_member' | 'responsible_person'> => ({
  responsible_member: who?.kind === 'member' ? who.id : null,
  responsible_person: who?.kind === 'person' ? who.id : null,
})
const day = (text: string): string | null => (text === '' ? null : text)

function protectionSent(one: ProtectionDraft): ProtectionInput {
  const named = one.kind === 'other' ? { of: null, name: one.name.trim() } : { of: one.of }
  return { key: one.key === '' ? null : one.key, kind: one.kind, ...named, last_tested: day(one.last_tested) }
}
const measureSent = (one: MeasureDraft): MeasureInput => ({ key: one.key === '' ? null : one.key, what: one.what.trim(), ...responsible(one.responsible), due_on: day(one.due_on), state: one.state })

/** What is sent. Rows that say nothing are left out. */
export function inputOf(draft: RiskDraft): RiskInput {
  return {
    code: draft.code,
    own_name: draft.code === '' ? draft.own_name.trim() : '',
    likelihood: draft.likelihood,
    severity: draft.severity,
    exposed: draft.exposed,
    missing: draft.missing,
    notes: draft.notes,
    ...responsible(draft.responsible),
    due_on: day(draft.due_on),
    protections: draft.protections.filter((one) => one.kind !== 'other' || one.name.trim() !== '').map(protectionSent),
    measures: draft.measures.filter((one) => one.what.trim() !== '').map(measureSent),
  }
}

export const isSame = (one: RiskDraft, other: RiskDraft): boolean => JSON.stringify(one) === JSON.stringify(other)

/** The cell in which a risk so judged stands. */
export function cellOf(cells: readonly Cell[], likelihood: number | null, severity: number | null): Cell | undefined {
  return cells.find((cell) => cell.likelihood === likelihood && cell.severity === severity)
}

/** A protection is named once: it is not offered again. */
export const isNamed = (protections: readonly ProtectionDraft[], kind: ProtectionKind, of: string): boolean => protections.some((one) => one.kind === kind && one.of === of)
