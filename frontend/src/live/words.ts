/** Which state a tile shows: what the picture itself says, and before any picture what the camera's status says. */
import type { Camera } from '../api/types'
import { t } from '../lib/language.svelte'
import type { Phase, TileView } from './tile-state'

export interface Shown {
  phase: Phase | 'unwatched'
  since: Date | null
  reason: string
}

export function visibleState(view: TileView, camera: Camera): Shown {
  const status = camera.status
  if (view.phase === 'live' || view.phase === 'refused') return view
  if (!camera.enabled || status.state === 'unwatched') return { phase: 'unwatched', since: null, reason: status.sentence || view.reason }
  if (view.phase === 'down') return view
  if (status.state === 'down') return { phase: 'down', since: status.since === null ? null : new Date(status.since), reason: status.sentence }
  return view
}

/** Why nobody watches it, when the server gave no reason. */
export function unwatchedSentence(camera: Camera): string {
  return camera.enabled ? t('tile.unwatched_why') : t('tile.disabled')
}
