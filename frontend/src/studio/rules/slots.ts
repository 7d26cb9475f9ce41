/** What the values of a rule's sentence are called, where they point and what is wrong with them. */
import type { Camera, RuleKind } from '../../api/types'
import { t } from '../../lib/language.svelte'
import type { FormState } from '../shared/form.svelte'
import type { RuleDraft } from './rule-draft'

/** What a value is, as its editor is headed. */
export function titleOf(slot: string, kind: RuleKind): string {
  if (slot === 'zone') return t('rule.zone')
  if (slot === 'line') return t('rule.line')
  if (slot === 'hours') return t('rule.hours')
  if (slot === 'severity') return t('alert.severity')
  if (slot === 'quiet') return t('rule.quiet')
  return kind.settings.properties[slot]?.title ?? slot
}

/** The name of the zone or line of a draft; `null` for the whole picture, or where none is chosen yet. */
export function areaName(draft: Pick<RuleDraft, 'zone' | 'line'>, camera: Pick<Camera, 'zones' | 'lines'> | undefined): string | null {
  const area = camera?.zones.find((zone) => zone.id === draft.zone) ?? camera?.lines.find((line) => line.id === draft.line)
  return area?.name ?? null
}

/** The server's sentence about a value. */
export function errorOf(form: FormState, slot: string): string {
  if (slot === 'hours') return form.wrong('schedule')
  if (slot === 'quiet') return form.wrong('quiet_s')
  if (slot === 'zone' || slot === 'line' || slot === 'severity') return form.wrong(slot)
  return form.wrong(`settings.${slot}`)
}
