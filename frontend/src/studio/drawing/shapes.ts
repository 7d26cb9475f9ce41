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
