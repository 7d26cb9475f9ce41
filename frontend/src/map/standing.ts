/** How a place stands, a site, a plan or a camera: what is open there, and how many of its cameras are live. */
import type { AlertPlace } from '../api/places'
import type { Camera } from '../api/types'
import { shapeOf, type Shape } from '../kit/severity'

export type CameraState = 'live' | 'connecting' | 'down' | 'unwatched'

export interface Standing {
  /** Alerts that nobody has taken, and those in somebody's hands. */
  waiting: number
  taken: number
  /** The alert that comes first, if there is any. */
  alert: string | null
  severity: number
  live: number
  down: number
  cameras: number
}

export function cameraState(camera: Pick<Camera, 'enabled' | 'status'>): CameraState {
  return camera.enabled ? camera.status.state : 'unwatched'
}

/** How these cameras stand, with the alerts of these places. */
export function standingOf(cameras: readonly Pick<Camera, 'id' | 'enabled' | 'status'>[], places: readonly AlertPlace[]): Standing {
  const states = cameras.map(cameraState)
  const first = [...places].sort(firstThings)[0]
  return {
    waiting: places.reduce((sum, place) => sum + place.waiting, 0),
    taken: places.reduce((sum, place) => sum + place.taken, 0),
    alert: first?.alert ?? null,
    severity: first?.severity ?? 0,
    live: states.filter((state) => state === 'live').length,
    down: states.filter((state) => state === 'down').length,
    cameras: cameras.length,
  }
}

/** What nobody has taken comes first, then what is more severe. */
export function firstThings(a: AlertPlace, b: AlertPlace): number {
  return Number(b.waiting > 0) - Number(a.waiting > 0) || b.severity - a.severity
}

/** The shape of a place: its first alert's, else what its cameras say. Nothing is called well where nothing is live. */
export function shapeOfStanding(standing: Standing): Shape {
  if (standing.alert !== null) return shapeOf(standing.severity)
  return standing.cameras > 0 && standing.live === standing.cameras ? 'safe' : 'unknown'
}

/** The order of a list: what waits, what is in hand, what is not live, then by name. */
export function compareStandings(a: Standing & { name: string }, b: Standing & { name: string }): number {
  const rank = (one: Standing): number => (one.waiting > 0 ? 100 + one.severity : one.taken > 0 ? 50 + one.severity : one.live < one.cameras ? 1 : 0)
  return rank(b) - rank(a) || a.name.localeCompare(b.name)
}
