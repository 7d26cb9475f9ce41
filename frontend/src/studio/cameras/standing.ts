/** How a camera stands, in words: for the list and the camera's own page. */
import type { Camera } from '../../api/types'
import { number, when } from '../../lib/format'
import { t, type Language } from '../../lib/language.svelte'
import { unwatchedSentence } from '../../live/words'

export interface Stands {
  good: boolean
  word: string
  why: string
}

/** @param rate Pictures analysed a second, where something newer is known than what the camera was read with. */
export function standingOf(camera: Camera, language: Language, rate = camera.status.analysed_per_second, now = new Date()): Stands {
  const { status } = camera
  const since = status.since === null ? null : when(new Date(status.since), now, language)
  if (!camera.enabled || status.state === 'unwatched') {
    return { good: false, word: since === null ? t('tile.unwatched') : t('cameras.unwatched_since', { time: since }), why: status.sentence || unwatchedSentence(camera) }
  }
  if (status.state === 'down') return { good: false, word: since === null ? t('tile.down_unknown') : t('tile.down', { time: since }), why: status.sentence }
  if (status.state === 'connecting') return { good: false, word: t('cameras.connecting'), why: status.sentence }
  return { good: true, word: since === null ? t('cameras.live') : t('cameras.live_since', { time: since }), why: rate === 0 ? t('cameras.just_begun') : t('cameras.rate', { rate: number(rate, language, 1) }) }
}

/** What keeps a camera from being watched, or will: for the filter of the list. */
export type Lack = 'law' | 'off' | 'down' | 'zones' | 'ending'

export function lacksOf(camera: Camera): Lack[] {
  const found: Lack[] = []
  if (camera.status.missing.length > 0) found.push('law')
  if (!camera.enabled) found.push('off')
  if (camera.status.state === 'down') found.push('down')
  if (camera.zones.every((zone) => zone.private) && camera.lines.length === 0) found.push('zones')
  if (camera.status.ending !== null) found.push('ending')
  return found
}
