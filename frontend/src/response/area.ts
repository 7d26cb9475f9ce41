/** An area on the map as a plan names it: corners in degrees, which the server takes as a plane. A circle is many corners. */
import { number } from '../lib/format'
import type { Language } from '../lib/language.svelte'
import { degreesOf, type Place } from '../map/mercator'
import { crosses } from '../studio/drawing/shapes'
import { pairOf, placeOf } from '../studio/sites/site-draft'

/** Latitude and longitude, in turn, as the API has them. */
export type Outline = [number, number][]

export interface Circle {
  centre: Place
  /** Metres. */
  radius: number
}

export const FEWEST = 3
export const MOST = 200
/** A circle has so many corners: none of them lies more than 0.3 % of the radius outside it. */
export const CIRCLE_CORNERS = 48
/** Metres: nearer, degrees with six decimals are no circle; farther, degrees are no plane. */
export const LEAST_RADIUS = 20
export const MOST_RADIUS = 100_000
const EARTH_M = 6_371_008.8
const RAD = Math.PI / 180

const fine = (degrees: number): number => Math.round(degrees * 1e6) / 1e6
export const cornerAt = ({ latitude, longitude }: Place): [number, number] => [fine(latitude), fine(longitude)]
export const placeAt = ([latitude, longitude]: readonly [number, number]): Place => ({ latitude, longitude })

/** Metres between two places, as the crow flies. */
export function metresBetween(one: Place, other: Place): number {
  const [north, south] = [one.latitude * RAD, other.latitude * RAD]
  const half = Math.sin((south - north) / 2) ** 2 + Math.cos(north) * Math.cos(south) * Math.sin(((other.longitude - one.longitude) * RAD) / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)))
}

/** The place so many metres away, at an angle from north, clockwise. Its longitude may lie over the map's edge. */
function away({ latitude, longitude }: Place, metres: number, angle: number): Place {
  const [north, far] = [latitude * RAD, metres / EARTH_M]
  const there = Math.asin(Math.sin(north) * Math.cos(far) + Math.cos(north) * Math.sin(far) * Math.cos(angle))
  const east = Math.atan2(Math.sin(angle) * Math.sin(far) * Math.cos(north), Math.cos(far) - Math.sin(north) * Math.sin(there))
  return { latitude: there / RAD, longitude: longitude + east / RAD }
}

/** Everybody within the radius is inside: the corners lie a little farther out, so that the sides touch the circle. From north, clockwise. */
export function circle({ centre, radius }: Circle): Outline {
  const reach = radius / Math.cos(Math.PI / CIRCLE_CORNERS)
  return Array.from({ length: CIRCLE_CORNERS }, (_, at) => cornerAt(away(centre, reach, (2 * Math.PI * at) / CIRCLE_CORNERS)))
}

/** Where a circle's radius is taken in hand: east of its centre. */
export const eastOf = ({ centre, radius }: Circle): Place => away(centre, radius, Math.PI / 2)

/** The circle that an outline was made of, `null` where it is none. */
export function circleOf(outline: Readonly<Outline>): Circle | null {
  const [north, south] = [outline[0], outline[CIRCLE_CORNERS / 2]]
  if (outline.length !== CIRCLE_CORNERS || north === undefined || south === undefined) return null
  const centre = { latitude: Math.round((north[0] + south[0]) * 0.5e5) / 1e5, longitude: Math.round(north[1] * 1e5) / 1e5 }
  const radius = Math.round(((north[0] - south[0]) / 2) * RAD * EARTH_M * Math.cos(Math.PI / CIRCLE_CORNERS))
  if (radius < LEAST_RADIUS) return null
  // Three metres off is how far whole metres and five decimals can be from what was entered.
  const again = circle({ centre, radius })
  return outline.every((corner, at) => metresBetween(placeAt(corner), placeAt(again[at] ?? corner)) < 3 + radius / 1000) ? { centre, radius } : null
}

/** A circle around all corners: what a drawn outline becomes when a circle is asked for. */
export function circleAround(outline: Readonly<Outline>): Circle | null {
  const centre = middleOf(outline)
  if (centre === null) return null
  const radius = Math.ceil(Math.max(...outline.map((corner) => metresBetween(centre, placeAt(corner)))))
  return { centre, radius: Math.min(MOST_RADIUS, Math.max(LEAST_RADIUS, radius)) }
}

/** The middle of the box around all corners. */
export function middleOf(outline: Readonly<Outline>): Place | null {
  if (outline.length === 0) return null
  const between = (axis: 0 | 1): number => {
    const values = outline.map((corner) => corner[axis])
    return Math.round((Math.min(...values) + Math.max(...values)) * 0.5e5) / 1e5
  }
  return { latitude: between(0), longitude: between(1) }
}

export type AreaFault = 'few' | 'many' | 'repeated' | 'edge' | 'crossing' | 'flat'

/** Why nobody can say who is within it; `null` for an area that can be used. */
export function faultOf(outline: Readonly<Outline>): AreaFault | null {
  if (outline.length < FEWEST) return 'few'
  if (outline.length > MOST) return 'many'
  const same = (one: readonly number[], other: readonly number[] | undefined): boolean => one[0] === other?.[0] && one[1] === other?.[1]
  if (outline.some((corner, at) => same(corner, outline[(at + 1) % outline.length]))) return 'repeated'
  const longitudes = outline.map((corner) => corner[1])
  // Taken as a plane, an area over the 180th meridian would be all the rest of the world.
  if (Math.max(...longitudes) - Math.min(...longitudes) > 180 || outline.some(([north, east]) => Math.abs(north) > 90 || Math.abs(east) > 180)) return 'edge'
  if (crosses([...outline])) return 'crossing'
  return squareMetres(outline) < 1 ? 'flat' : null
}

/** How large it is. */
export function squareMetres(outline: Readonly<Outline>): number {
  const middle = middleOf(outline)
  if (middle === null) return 0
  // From its own middle, so that small areas keep their digits.
  const metre = RAD * EARTH_M
  const flat = outline.map(([north, east]) => [(east - middle.longitude) * metre * Math.cos(middle.latitude * RAD), (north - middle.latitude) * metre] as const)
  const twice = flat.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = flat[(at + 1) % flat.length] ?? [x, y]
    return sum + x * nextY - nextX * y
  }, 0)
  return Math.abs(twice) / 2
}

/** `2 500 m²`, `0.79 km²` */
export function sizeWords(metres: number, language: Language): string {
  return metres < 100_000 ? `${number(metres, language)}\u00a0m²` : `${number(metres / 1e6, language, 2)}\u00a0km²`
}

export const moveCorner = (outline: Readonly<Outline>, index: number, to: Place): Outline => outline.map((corner, at) => (at === index ? cornerAt(to) : corner))
export const withoutCorner = (outline: Readonly<Outline>, index: number): Outline => outline.filter((_, at) => at !== index)
/** A corner at the end of the outline: before the side that closes it. */
export const withCorner = (outline: Readonly<Outline>, place: Place): Outline => (outline.length >= MOST ? [...outline] : [...outline, cornerAt(place)])

/** The middle of the side that begins at `index`. */
export function middleOfSide(outline: Readonly<Outline>, index: number): Place {
  const from = outline[index] ?? [0, 0]
  const to = outline[(index + 1) % outline.length] ?? from
  return { latitude: (from[0] + to[0]) / 2, longitude: (from[1] + to[1]) / 2 }
}

/** With a corner in the middle of the side that begins at `index`. */
export function splitSide(outline: Readonly<Outline>, index: number): Outline {
  if (outline.length >= MOST) return [...outline]
  return [...outline.slice(0, index + 1), cornerAt(middleOfSide(outline, index)), ...outline.slice(index + 1)]
}

/** A corner a line, as it can be typed, copied and pasted. */
export const outlineText = (outline: Readonly<Outline>): string => outline.map(([north, east]) => `${north}, ${east}`).join('\n')

/** What was typed, a corner a line; of lines that are none, their numbers. */
export function outlineFrom(text: string): { outline: Outline; wrong: number[] } {
  const outline: Outline = []
  const wrong: number[] = []
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const pair = pairOf(line)
    const place = pair === null ? null : placeOf(pair)
    if (place === null) wrong.push(at + 1)
    else outline.push(cornerAt(place))
  }
  return { outline, wrong }
}

export interface CircleText {
  latitude: string
  longitude: string
  radius: string
}

export const circleText = ({ centre, radius }: Circle): CircleText => ({ latitude: String(centre.latitude), longitude: String(centre.longitude), radius: String(radius) })

/** The circle that was typed, and which of its fields hold no such number. */
export function circleFrom(text: CircleText): { circle: Circle | null; wrong: (keyof CircleText)[] } {
  const within = (typed: string, least: number, most: number): number | null => {
    const value = degreesOf(typed)
    return typeof value === 'number' && value >= least && value <= most ? value : null
  }
  const [latitude, longitude, radius] = [within(text.latitude, -90, 90), within(text.longitude, -180, 180), within(text.radius.replace(/[\s\u00a0\u202f]/g, ''), LEAST_RADIUS, MOST_RADIUS)]
  if (latitude !== null && longitude !== null && radius !== null) return { circle: { centre: { latitude, longitude }, radius }, wrong: [] }
  const wrong = [latitude === null && 'latitude', longitude === null && 'longitude', radius === null && 'radius'] as const
  return { circle: null, wrong: wrong.filter((one) => one !== false) }
}
