/** The map's ground: land, borders and names of towns, from files of our own origin. What is drawn is drawn from this alone. */
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import coarse from 'world-atlas/countries-50m.json?url'
import fine from 'world-atlas/countries-10m.json?url'
import towns from './towns.json?url'
import { project } from './mercator'
import type { Box } from '../lib/view'

/** The outline of a piece of land: x and y in turn, and the box around them. It may reach over the map's left and right edge. */
export interface Ring extends Box {
  points: Float64Array
}

export interface Town {
  name: string
  x: number
  y: number
  /** Thousands of people. */
  people: number
}

/** Closer than this the finer outlines are fetched. */
export const FINE_FROM_ZOOM = 6

const read = async <T>(address: string): Promise<T> => {
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`)
  return (await answer.json()) as T
}

const kept = new Map<string, Promise<Ring[]>>()
function rings(address: string): Promise<Ring[]> {
  const known = kept.get(address)
  if (known !== undefined) return known
  const asked = read<Topology<{ countries: GeometryCollection }>>(address).then(ringsOf)
  kept.set(address, asked)
  asked.catch(() => kept.delete(address)) // asked again the next time
  return asked
}
export const coarseRings = (): Promise<Ring[]> => rings(coarse)
export const fineRings = (): Promise<Ring[]> => rings(fine)

let named: Promise<Town[]> | null = null
/** Towns by size, the largest first. */
export function allTowns(): Promise<Town[]> {
  named ??= read<string>(towns).then(townsOf)
  named.catch(() => (named = null))
  return named
}

export function ringsOf(world: Topology<{ countries: GeometryCollection }>): Ring[] {
  const found: Ring[] = []
  for (const { geometry } of feature(world, world.objects.countries).features) {
    if (geometry.type === 'Polygon') for (const ring of geometry.coordinates) found.push(ringOf(ring))
    else if (geometry.type === 'MultiPolygon') for (const polygon of geometry.coordinates) for (const ring of polygon) found.push(ringOf(ring))
  }
  return found
}

/** One outline on the plane. Where it crosses the 180th meridian it goes on beyond the edge, and around a pole it is closed below the map. */
export function ringOf(coordinates: readonly (readonly number[])[]): Ring {
  const flat: number[] = []
  let turns = 0
  let before: number | null = null
  for (const [east = 0, north = 0] of coordinates) {
    if (before !== null && Math.abs(east - before) > 180) turns += east < before ? 1 : -1
    before = east
    const [x, y] = project({ latitude: north, longitude: east })
    flat.push(x + turns, y)
  }
  if (turns !== 0) {
    const pole = (coordinates[0]?.[1] ?? 0) < 0 ? 1.2 : -0.2
    flat.push(flat[flat.length - 2] ?? 0, pole, flat[0] ?? 0, pole)
  }
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity }
  for (let at = 0; at < flat.length; at += 2) {
    const [x = 0, y = 0] = [flat[at], flat[at + 1]]
    box.left = Math.min(box.left, x)
    box.right = Math.max(box.right, x)
    box.top = Math.min(box.top, y)
    box.bottom = Math.max(box.bottom, y)
  }
  return { ...box, points: Float64Array.from(flat) }
}

/** `name|north|east|people`, a line each, thousandths of a degree and thousands of people. */
export function townsOf(text: string): Town[] {
  return text.split('\n').map((line) => {
    const [name = '', north, east, people] = line.split('|')
    const [x, y] = project({ latitude: Number(north) / 1000, longitude: Number(east) / 1000 })
    return { name, x, y, people: Number(people) }
  })
}
