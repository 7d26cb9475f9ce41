/** Shapes drawn on a picture, as pure functions over points from 0 to 1. */
import type { Camera, Corner } from '../../api/types'

export type ShapeKind = 'zone' | 'private' | 'line'

export interface Shape {
  /** `null` until it is saved. */
  id: string | null
  kind: ShapeKind
  name: string
  corners: Corner[]
}

/** Fewest and most corners. */
export const FEWEST = 3
export const MOST = 64

export function shapesOf(camera: Pick<Camera, 'zones' | 'lines'>): Shape[] {
  return [
    ...camera.zones.map((zone): Shape => ({ id: zone.id, kind: zone.private ? 'private' : 'zone', name: zone.name, corners: zone.polygon })),
    ...camera.lines.map((line): Shape => ({ id: line.id, kind: 'line', name: line.name, corners: [line.start, line.end] })),
  ]
}

/** A new shape in the middle of the picture, ready to be pulled into place. */
export function freshShape(kind: ShapeKind, name: string): Shape {
  const corners: Corner[] = kind === 'line' ? [[0.3, 0.5], [0.7, 0.5]] : [[0.35, 0.35], [0.65, 0.35], [0.65, 0.65], [0.35, 0.65]]
  return { id: null, kind, name, corners }
}

/** A new shape whose corners are still to be put down. */
export function emptyShape(kind: ShapeKind, name: string): Shape {
  return { id: null, kind, name, corners: [] }
}

/** How near the picture's edge a corner is taken for one on it. */
export const SNAP = 0.015

/** The point inside the picture, on its edge where it is nearly there: a zone that ends a hair before the edge misses who stands on it. */
export function snapped([x, y]: Corner): Corner {
  const to = (value: number): number => (value < SNAP ? 0 : value > 1 - SNAP ? 1 : keep(value))
  return [to(x), to(y)]
}

/** The upright rectangle between two points. */
export function rectangle([ax, ay]: Corner, [bx, by]: Corner): Corner[] {
  const [left, right, top, bottom] = [Math.min(ax, bx), Math.max(ax, bx), Math.min(ay, by), Math.max(ay, by)]
  return [[left, top], [right, top], [right, bottom], [left, bottom]]
}

/** How far apart two points are, as a share of the picture's height. */
export function distance([ax, ay]: Corner, [bx, by]: Corner, aspect: number): number {
  return Math.hypot((ax - bx) * aspect, ay - by)
}

export type Fault = 'few' | 'repeated' | 'crossing' | 'flat'

/** What the server would refuse about these corners; `null` for a shape that can be saved. */
export function faultOf(kind: ShapeKind, corners: readonly Corner[]): Fault | null {
  if (kind === 'line') return corners.length < 2 ? 'few' : same(corners[0], corners[1]) ? 'repeated' : null
  if (corners.length < FEWEST) return 'few'
  if (corners.some((corner, at) => same(corner, corners[(at + 1) % corners.length]))) return 'repeated'
  if (crosses(corners)) return 'crossing'
  return Math.abs(area(corners)) < 1e-6 ? 'flat' : null
}

/** Whether the outline crosses or touches itself. */
export function crosses(corners: readonly Corner[]): boolean {
  const count = corners.length
  const side = (at: number): [Corner, Corner] => [corners[at % count] ?? [0, 0], corners[(at + 1) % count] ?? [0, 0]]
  for (let first = 0; first < count; first += 1) {
    for (let second = first + 1; second < count; second += 1) {
      const [a, b] = side(first)
      const [c, d] = side(second)
      const next = second === first + 1 || (first === 0 && second === count - 1)
      if (next) {
        // Neighbours share a corner; they overlap when one runs back along the other.
        const [shared, from, to] = second === first + 1 ? [b, a, d] : [a, b, c]
        if (turn(from, shared, to) === 0 && (from[0] - shared[0]) * (to[0] - shared[0]) + (from[1] - shared[1]) * (to[1] - shared[1]) > 0) return true
      } else if (meet(a, b, c, d)) return true
    }
  }
  return false
}

/** Share of the picture that a zone covers. */
export function area(corners: readonly Corner[]): number {
  return corners.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = corners[(at + 1) % corners.length] ?? [x, y]
    return sum + (x * nextY - nextX * y) / 2
  }, 0)
}

function same(first: Corner | undefined, second: Corner | undefined): boolean {
  return first !== undefined && second !== undefined && first[0] === second[0] && first[1] === second[1]
}

/** On which side of the way from `a` to `b` the point lies: 1, -1, or 0 on it. */
function turn(a: Corner, b: Corner, point: Corner): number {
  const value = (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
  return Math.abs(value) < 1e-12 ? 0 : Math.sign(value)
}

function within(a: Corner, b: Corner, point: Corner): boolean {
  return Math.min(a[0], b[0]) <= point[0] && point[0] <= Math.max(a[0], b[0]) && Math.min(a[1], b[1]) <= point[1] && point[1] <= Math.max(a[1], b[1])
}

function meet(a: Corner, b: Corner, c: Corner, d: Corner): boolean {
  const [abc, abd, cda, cdb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)]
  if (abc !== abd && cda !== cdb) return true
  return (abc === 0 && within(a, b, c)) || (abd === 0 && within(a, b, d)) || (cda === 0 && within(c, d, a)) || (cdb === 0 && within(c, d, b))
}

/** The corner moved to a place inside the picture. */
export function moveCorner(corners: readonly Corner[], index: number, to: Corner): Corner[] {
  return corners.map((corner, at) => (at === index ? [keep(to[0]), keep(to[1])] : corner))
}

/** The whole shape moved, as far as the picture's edges let it. */
export function moveShape(corners: readonly Corner[], by: Corner): Corner[] {
  const [dx, dy] = [0, 1].map((axis) => {
    const values = corners.map((corner) => corner[axis as 0 | 1])
    return Math.min(1 - Math.max(...values), Math.max(-Math.min(...values), by[axis as 0 | 1]))
  }) as Corner
  return corners.map(([x, y]): Corner => [x + dx, y + dy])
}

/** A corner put in the middle of the side after `index`. */
export function addCorner(corners: readonly Corner[], index: number): Corner[] {
  if (corners.length >= MOST) return [...corners]
  return [...corners.slice(0, index + 1), middle(corners, index), ...corners.slice(index + 1)]
}

export function removeCorner(corners: readonly Corner[], index: number): Corner[] {
  return corners.length <= FEWEST ? [...corners] : corners.filter((_, at) => at !== index)
}

/** The middle of the side that begins at `index`. */
export function middle(corners: readonly Corner[], index: number): Corner {
  const from = corners[index] ?? [0.5, 0.5]
  const to = corners[(index + 1) % corners.length] ?? from
  return [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]
}

/** Where the arrow of a line's forward direction points: from its left to its right, seen from its start. */
export function forwardArrow(corners: readonly Corner[], aspect: number): { from: Corner; to: Corner } {
  const start: Corner = corners[0] ?? [0, 0]
  const end: Corner = corners[1] ?? [1, 1]
  const from = middle(corners, 0)
  const [dx, dy] = [(end[0] - start[0]) * aspect, end[1] - start[1]]
  const length = Math.hypot(dx, dy) || 1
  const reach = 0.08
  // On a picture y grows downwards: the right hand of someone who walks (dx, dy) points to (-dy, dx).
  return { from, to: [from[0] + ((-dy / length) * reach) / aspect, from[1] + (dx / length) * reach] }
}

function keep(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000
}
