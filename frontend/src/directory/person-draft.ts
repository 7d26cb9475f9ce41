/** A person as the form holds them, and as they are sent. */
import type { Person, PersonInput, WayInput } from '../api/directory'
import { degreesOf } from '../map/mercator'

export interface WayDraft {
  kind: WayInput['kind']
  address: string
  sms: boolean
  voice: boolean
}

export interface PersonDraft {
  display_name: string
  language: string
  site: string
  inside: boolean
  /** Degrees as text, because people type them. */
  latitude: string
  longitude: string
  ways: WayDraft[]
  profiles: string[]
  lists: string[]
}

const degrees = (value: number | null | undefined): string => (value === null || value === undefined ? '' : String(value))

export function draftOf(person: Person | null, language: string): PersonDraft {
  return {
    display_name: person?.display_name ?? '',
    language: person?.language ?? language,
    site: person?.site ?? '',
    inside: person?.inside ?? true,
    latitude: degrees(person?.latitude),
    longitude: degrees(person?.longitude),
    ways: person === null ? [{ kind: 'phone', address: '', sms: true, voice: true }] : person.ways.map((way) => ({ kind: way.kind, address: way.written, sms: way.sms ?? true, voice: way.voice ?? true })),
    profiles: (person?.profiles ?? []).map((one) => one.id),
    lists: (person?.lists ?? []).map((one) => one.id),
  }
}

/** What is sent: of ways only those where something was entered. */
export function inputOf(draft: PersonDraft): PersonInput {
  return {
    display_name: draft.display_name.trim(),
    language: draft.language,
    site: draft.site === '' ? null : draft.site,
    inside: draft.inside,
    latitude: degreesOf(draft.latitude) ?? null,
    longitude: degreesOf(draft.longitude) ?? null,
    ways: filled(draft.ways).map((way) => (way.kind === 'phone' ? { ...way, address: way.address.trim() } : { kind: way.kind, address: way.address.trim(), voice: true })),
    profiles: [...draft.profiles],
    lists: [...draft.lists],
  }
}

const filled = (ways: readonly WayDraft[]): WayDraft[] => ways.filter((way) => way.address.trim() !== '')

/** The place in the form of what was refused in the list that was sent: empty ways were left out of it. */
export function placeOf(ways: readonly WayDraft[], sent: number): number {
  const places = ways.flatMap((way, at) => (way.address.trim() === '' ? [] : [at]))
  return places[sent] ?? -1
}

export const toggled = (list: readonly string[], id: string, on: boolean): string[] => (on ? [...list.filter((one) => one !== id), id] : list.filter((one) => one !== id))
