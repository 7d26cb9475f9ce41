/** How audits are said: states, treatments, kinds of protection, days. */
import type { AuditBrief, AuditState, MeasureState, Protection, ProtectionKind, Treatment } from '../api/audits'
import type { Shape } from '../kit/severity'
import { counted, language, t, tagOf } from '../lib/language.svelte'
import type { PlainKey } from '../texts'

const STATES: Record<AuditState, PlainKey> = { draft: 'audit.state_draft', in_review: 'audit.state_in_review', approved: 'audit.state_approved', superseded: 'audit.state_superseded', withdrawn: 'audit.state_withdrawn' }
export const stateWord = (state: AuditState): string => t(STATES[state])

const TREATMENTS: Record<Treatment, PlainKey> = { accept: 'audit.accept', watch: 'audit.watch', reduce: 'audit.reduce', act: 'audit.act' }
export const treatmentWord = (treatment: Treatment | null): string => (treatment === null ? t('audit.not_judged') : t(TREATMENTS[treatment]))
export const TREATED: readonly { treatment: Treatment; shape: Shape }[] = [{ treatment: 'accept', shape: 'safe' }, { treatment: 'watch', shape: 'medium' }, { treatment: 'reduce', shape: 'high' }, { treatment: 'act', shape: 'critical' }]

const KINDS: Record<ProtectionKind, PlainKey> = { camera: 'audit.kind_camera', device: 'audit.kind_device', team: 'audit.kind_team', other: 'audit.kind_other' }
export const kindWord = (kind: ProtectionKind): string => t(KINDS[kind])

const MEASURES: Record<MeasureState, PlainKey> = { planned: 'audit.measure_planned', ordered: 'audit.measure_ordered', under_way: 'audit.measure_under_way', done: 'audit.measure_done' }
export const MEASURE_STATES: readonly MeasureState[] = ['planned', 'ordered', 'under_way', 'done']
export const measureWord = (state: MeasureState): string => t(MEASURES[state])

export const protects: Record<Protection['state'], Shape> = { works: 'safe', fails: 'critical', unknown: 'unknown' }

/** `12 March 2027`, of a day without a clock. */
export function dayWord(day: string): string {
  return new Intl.DateTimeFormat(tagOf(language()), { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(Date.parse(`${day}T12:00:00Z`))
}

/** Until when an audit holds, or since when it does not any more; empty where there is no day. */
export function holdsWord(audit: Pick<AuditBrief, 'state' | 'review_on' | 'expired' | 'days_left'>): string {
  if (audit.review_on === null) return ''
  const day = dayWord(audit.review_on)
  if (audit.expired) return t('audit.expired', { day })
  if (audit.days_left !== null && audit.days_left <= SOON) return counted('audit.ends_in', audit.days_left, { day })
  return t(audit.state === 'approved' ? 'audit.holds_until' : 'audit.would_hold_until', { day })
}

/** Days before its end on which the review of an audit is asked for. */
export const SOON = 30

/** The colour and shape of where an audit stands. */
export function auditShape(audit: Pick<AuditBrief, 'state' | 'expired' | 'days_left'>): Shape {
  if (audit.state === 'approved') return audit.expired ? 'critical' : (audit.days_left ?? SOON + 1) <= SOON ? 'medium' : 'safe'
  return audit.state === 'in_review' ? 'low' : 'unknown'
}
