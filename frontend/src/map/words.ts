/** How a place stands, in words. */
import type { Camera } from '../api/types'
import { severityWord } from '../alerts/words'
import { clockTime } from '../lib/format'
import { counted, language, t } from '../lib/language.svelte'
import { unwatchedSentence } from '../live/words'
import { cameraState, type Standing } from './standing'

/** `2 alerts not taken, highest high.` */
export function alertWords(standing: Standing): string {
  const severity = severityWord(standing.severity).toLocaleLowerCase()
  if (standing.waiting > 0) return `${counted('map.waiting', standing.waiting)}, ${t('map.highest', { severity })}`
  if (standing.taken > 0) return `${counted('map.taken', standing.taken)}, ${t('map.highest', { severity })}`
  return t('map.quiet')
}

/** `2 of 3 cameras live` */
export function cameraWords(standing: Standing): string {
  return standing.cameras === 0 ? t('map.no_cameras') : t('map.live_of', { live: standing.live, cameras: counted('map.cameras', standing.cameras) })
}

export function standingWords(standing: Standing): string {
  return `${alertWords(standing)}. ${cameraWords(standing)}.`
}

/** The state of a camera and why: `Down since 14:21:03`, with the sentence of the reason. */
export function cameraStateWords(camera: Camera): { word: string; why: string } {
  const { status } = camera
  const state = cameraState(camera)
  if (state === 'live') return { word: t('cameras.live'), why: '' }
  if (state === 'connecting') return { word: t('cameras.connecting'), why: status.sentence }
  if (state === 'unwatched') return { word: t('tile.unwatched'), why: status.sentence || unwatchedSentence(camera) }
  return { word: status.since === null ? t('tile.down_unknown') : t('tile.down', { time: clockTime(new Date(status.since), language()) }), why: status.sentence }
}
