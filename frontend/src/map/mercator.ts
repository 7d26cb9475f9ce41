/** Where a place on earth lies on the map: Web Mercator, the world from 0 to 1 in both directions. */
import type { Language } from '../lib/language.svelte'
import { number } from '../lib/format'
import { between, type Limits, type Point } from '../lib/view'

export interface Place {
  latitude: number
  longitude: number
}

/** Beyond, Mercator has no end; the map stops there. */
export const LAST_LATITUDE = 85.0511
const EARTH_M = 40_075_016.686

/** Pixels for the whole world: from the world in one picture to a few metres a pixel. */
export const WORLD: Limits = { least: 256, most: 256 * 2 ** 17, box: { left: 0, top: 0, right: 1, bottom: 1 } }
/** As close as a place alone is shown: its quarter of the town. */
export const CLOSE = 256 * 2 ** 13

export function project({ latitude, longitude }: Place): Point {
  const north = (between(-LAST_LATITUDE, latitude, LAST_LATITUDE) * Math.PI) / 180
  return [(longitude + 180) / 360, (1 - Math.log(Math.tan(north) + 1 / Math.cos(north)) / Math.PI) / 2]
}

export function unproject([x, y]: Point): Place {
  const turned = x - Math.floor(x)
  return { latitude: (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI, longitude: turned * 360 - 180 }
}

/** How many steps of doubling from the smallest map this is. */
export function zoomOf(scale: number): number {
  return Math.log2(scale / 256)
}

export function scaleOf(zoom: number): number {
  return 256 * 2 ** zoom
}

/** A round length that fits into `room` pixels at this latitude, and how many pixels it is. */
export function scaleBar(latitude: number, scale: number, room: number): { metres: number; pixels: number } {
  const perPixel = (EARTH_M * Math.cos((latitude * Math.PI) / 180)) / scale
  const longest = perPixel * room
  const power = 10 ** Math.floor(Math.log10(longest))
  const metres = power * ([5, 2, 1].find((step) => step * power <= longest) ?? 1)
  return { metres, pixels: metres / perPixel }
}

/** `200 m`, `5 km` */
export function lengthWords(metres: number, language: Language): string {
  return metres < 1000 ? `${number(metres, language)} m` : `${number(metres / 1000, language)} km`
}

/** `45.18850° N, 5.72450° E` as the language writes it. */
export function placeWords(place: Place, language: Language, words: { north: string; south: string; east: string; west: string }): string {
  const one = (value: number, plus: string, minus: string): string => `${number(Math.abs(value), language, 5)}° ${value < 0 ? minus : plus}`
  return `${one(place.latitude, words.north, words.south)}, ${one(place.longitude, words.east, words.west)}`
}

/** A number as people type it, with a point or a comma; `null` when it is empty, `undefined` when it is none. */
export function degreesOf(text: string): number | null | undefined {
  const clean = text.trim().replace(',', '.').replace(/°$/, '')
  if (clean === '') return null
  return /^[+-]?\d+(\.\d+)?$/.test(clean) ? Number(clean) : undefined
}

/** Degrees to a metre, without noise from the arithmetic. */
export function rounded(degrees: number): number {
  return Math.round(degrees * 1e5) / 1e5
}

/** The map's part of the address: `45.1885,5.7245,12.5`; `null` when it says no place. */
export function viewFrom(text: string | null): { place: Place; zoom: number } | null {
  const [latitude, longitude, zoom] = (text ?? '').split(',').map(Number)
  if (latitude === undefined || longitude === undefined || zoom === undefined) return null
  if (![latitude, longitude, zoom].every(Number.isFinite) || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null
  return { place: { latitude, longitude }, zoom }
}

export function viewText(place: Place, zoom: number): string {
  return `${place.latitude.toFixed(4)},${place.longitude.toFixed(4)},${zoom.toFixed(1)}`
}
