/** What a camera costs, in sentences: what is measured is told as measured, what is worked out as worked out, the rest not at all. */
import type { Cost } from '../../api/cameras'
import { number } from '../../lib/format'
import { counted, t, type Language } from '../../lib/language.svelte'

export function costSentences(cost: Cost, rate: number, language: Language): string[] {
  const told: string[] = []
  const values = { cores: cost.cores === null ? '' : number(cost.cores, language, 2), rate: number(rate, language, rate % 1 === 0 ? 0 : 1) }
  if (cost.cores === null) told.push(t('cost.unknown'))
  else told.push(cost.basis === 'itself' ? t('cost.itself', values) : t('cost.others', values))
  if (cost.basis === 'others') told.push(counted('cost.measured', cost.measured))
  if (cost.free_cores === null) told.push(t('cost.no_watcher'))
  else if (cost.fits) told.push(cost.room === 0 ? t('cost.full') : counted('cost.room', cost.room))
  else if (cost.places === 0) told.push(t('cost.no_place'))
  else told.push(t('cost.no_cores', { free: number(cost.free_cores, language, 2) }))
  return told
}
