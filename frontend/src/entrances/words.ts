/** Ways in as people call them. */
import type { Entrance, EntranceCall, EntranceKind, EntranceOutcome } from '../api/entrances'
import type { Shape } from '../kit/severity'
import { counted, t } from '../lib/language.svelte'

export const KINDS: readonly EntranceKind[] = ['button', 'webhook', 'call', 'cap']
export const SEVERITIES = ['Extreme', 'Severe', 'Moderate', 'Minor', 'Unknown'] as const

export const kindWord = (kind: EntranceKind): string => t(`entrance.kind.${kind}`)
export const outcomeWord = (outcome: EntranceOutcome): string => t(`entrance.outcome.${outcome}`)

/** What it does, as one sentence. */
export function doesWhat(of: Entrance): string {
  if (of.how === 'start') return t('entrance.does.start', { plan: of.plan.name })
  return counted(of.starts_when_silent ? 'entrance.does.ask_silent' : 'entrance.does.ask', of.countdown_s, { plan: of.plan.name })
}

/** Where it stands, as one sentence, and how that is drawn. */
export function standing(of: Entrance): { text: string; shape: Shape } {
  if (!of.ready) return { text: t('entrance.is.no_plan'), shape: 'high' }
  if (of.enabled) return { text: t('entrance.is.on'), shape: 'safe' }
  if (of.needs_approval) return { text: t('entrance.is.unapproved'), shape: 'medium' }
  return { text: t('entrance.is.off'), shape: 'unknown' }
}

const REASONS = ['entrance_off', 'plan_not_approved', 'webhook_not_signed', 'webhook_stale', 'webhook_nonce', 'webhook_nonce_used', 'webhook_body', 'webhook_too_large', 'too_many', 'number_may_not', 'wrong_code', 'code_closed', 'not_your_gesture', 'not_your_button', 'press_too_old', 'read_again', 'real_under_way', 'cap_exercise', 'cap_test', 'cap_system', 'cap_draft'] as const

/** Why something was refused or did nothing; empty: it is not known here. */
export function reasonWord(of: EntranceCall): string {
  const known = REASONS.find((one) => one === of.reason)
  return known === undefined ? '' : t(`entrance.reason.${known}`)
}
