/** A change that copying makes, in words. */
import type { CopyOutcome } from '../../api/cameras'
import type { PlaceKind } from '../../api/types'
import { t } from '../../lib/language.svelte'

const NAMES = {
  frames_per_second: 'camera.frames_per_second', analysis_size: 'camera.analysis_size', clip_before_s: 'camera.clip_before_s', clip_after_s: 'camera.clip_after_s',
  retention_days: 'camera.retention_days', place: 'camera.place_kind', purpose: 'camera.purpose', legal_basis: 'camera.legal_basis', notice_displayed: 'camera.notice',
} as const

export function changeText({ name, before, after }: CopyOutcome['changes'][number]): string {
  const known = Object.entries(NAMES).find(([field]) => field === name)?.[1]
  return t('copy.change', { name: known === undefined ? name : t(known), before: valueText(name, before), after: valueText(name, after) })
}

const isPlace = (value: unknown): value is Exclude<PlaceKind, ''> => ['private', 'workplace', 'open_to_public', 'public_road'].includes(String(value))

function valueText(name: string, value: unknown): string {
  if (value === true) return t('answer.yes')
  if (value === false) return t('answer.no')
  if (value === '' || value === null) return t('copy.empty')
  if (name === 'place' && isPlace(value)) return t(`place.${value}`)
  return String(value)
}
