/** What is drawn over the pictures and written on them: kept in the address, so that a link shows the same. */
import { query, setQuery } from '../lib/router.svelte'

/** What a quiet address shows. */
const DEFAULTS = { tracks: true, zones: true, counts: false, figures: false } as const
export type Overlay = keyof typeof DEFAULTS
export type Overlays = Record<Overlay, boolean>
export const OVERLAYS = Object.keys(DEFAULTS) as Overlay[]

export function shows(overlay: Overlay): boolean {
  const wanted = query(overlay)
  return wanted === 'on' || (DEFAULTS[overlay] && wanted !== 'off')
}

export function overlays(): Overlays {
  return { tracks: shows('tracks'), zones: shows('zones'), counts: shows('counts'), figures: shows('figures') }
}

export function toggle(overlay: Overlay): void {
  const next = !shows(overlay)
  setQuery({ [overlay]: next === DEFAULTS[overlay] ? null : next ? 'on' : 'off' })
}
