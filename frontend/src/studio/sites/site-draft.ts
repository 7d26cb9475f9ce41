/** A site as it is filled in: degrees as text, because people type them, and how it becomes what the API takes. */
import type { SiteInput } from '../../api/places'
import type { Site } from '../../api/types'
import { degreesOf, rounded, type Place } from '../../map/mercator'

export interface SiteDraft {
  name: string
  address: string
  latitude: string
  longitude: string
}

export function draftOf(site: Site | null): SiteDraft {
  const text = (degrees: number | null | undefined): string => (degrees === null || degrees === undefined ? '' : String(degrees))
  return { name: site?.name ?? '', address: site?.address ?? '', latitude: text(site?.latitude), longitude: text(site?.longitude) }
}

export function isSame(a: SiteDraft, b: SiteDraft): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Where it is, when both are numbers that exist on earth. */
export function placeOf(draft: Pick<SiteDraft, 'latitude' | 'longitude'>): Place | null {
  const [latitude, longitude] = [degreesOf(draft.latitude), degreesOf(draft.longitude)]
  if (typeof latitude !== 'number' || typeof longitude !== 'number' || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null
  return { latitude, longitude }
}

export function textOf(place: Place): Pick<SiteDraft, 'latitude' | 'longitude'> {
  return { latitude: String(rounded(place.latitude)), longitude: String(rounded(place.longitude)) }
}

/** `45.1885, 5.7245` entered in one field fills both; `45,1885` is one number, as the French write it. */
export function pairOf(text: string): Pick<SiteDraft, 'latitude' | 'longitude'> | null {
  const found = /^\s*([+-]?\d+(?:[.,]\d+)?)°?\s*(?:;\s*|,\s+|\s+)([+-]?\d+(?:[.,]\d+)?)°?\s*$/.exec(text) ?? /^\s*([+-]?\d+\.\d+)°?,([+-]?\d+\.\d+)°?\s*$/.exec(text)
  return found === null ? null : { latitude: found[1] ?? '', longitude: found[2] ?? '' }
}

/** Which fields hold something that is no number. */
export function notNumbers(draft: Pick<SiteDraft, 'latitude' | 'longitude'>): ('latitude' | 'longitude')[] {
  return (['latitude', 'longitude'] as const).filter((name) => degreesOf(draft[name]) === undefined)
}

export function inputOf(draft: SiteDraft): SiteInput {
  return { name: draft.name.trim(), address: draft.address.trim(), latitude: degreesOf(draft.latitude) ?? null, longitude: degreesOf(draft.longitude) ?? null }
}
