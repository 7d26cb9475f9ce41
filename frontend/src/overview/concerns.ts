/** Which events of the feed change the overview. Pure. */
import type { Overview } from '../api/overview'
import type { FeedEvent } from '../feed/protocol'

const KINDS = new Set(['camera.changed', 'rule.changed', 'rule.expiring', 'duty.changed', 'handover.changed', 'site.changed', 'audit.changed', 'audit.review_due'])

export function concerns(event: FeedEvent, known: Overview): boolean {
  if (KINDS.has(event.kind)) return true
  if (event.kind !== 'camera.state') return false
  // A camera says each few seconds how it goes; what counts here is whether it has a picture.
  const { camera, state } = event.payload
  const down = known.down.find((one) => one.camera.id === camera)
  if (state === 'live') return down !== undefined
  return (state === 'down' || state === 'unwatched') && down?.state !== state
}
