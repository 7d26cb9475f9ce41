/** What is drawn on a floor plan, as pure functions. Places are 0 to 1 of the picture, directions degrees clockwise from its top. */
import type { FloorPlan, PlacedCamera, PlanArea } from '../api/places'
import type { Corner } from '../api/types'
import { between, type Point } from '../lib/view'

/** Steps of the arrow keys. */
export const MOVE_STEP = 0.01
export const TURN_STEP = 5
/** So many pixels wide a plan must be for the names of its cameras to stand beside them. */
export const NAMES_FIT = 420

/** The outline of what a camera sees: a slice of a circle around `at`, or all of it; `reach` in the same unit as `at`. */
export function conePath([x, y]: Point, direction: number, fieldOfView: number, reach: number): string {
  const on = (degrees: number): string => {
    const [px, py] = ahead([x, y], degrees, reach)
    return `${round(px)} ${round(py)}`
  }
  if (fieldOfView >= 360) return `M${on(0)}A${round(reach)} ${round(reach)} 0 1 1 ${on(180)}A${round(reach)} ${round(reach)} 0 1 1 ${on(0)}Z`
  const [from, to] = [direction - fieldOfView / 2, direction + fieldOfView / 2]
  return `M${round(x)} ${round(y)}L${on(from)}A${round(reach)} ${round(reach)} 0 ${fieldOfView > 180 ? 1 : 0} 1 ${on(to)}Z`
}

/** The point so far ahead in a direction. */
export function ahead([x, y]: Point, direction: number, distance: number): Point {
  const turned = (direction * Math.PI) / 180
  return [x + Math.sin(turned) * distance, y - Math.cos(turned) * distance]
}

/** The direction from one point to another, whole degrees. */
export function directionTo(from: Point, to: Point): number {
  return normal(Math.round((Math.atan2(to[0] - from[0], from[1] - to[1]) * 180) / Math.PI))
}

export function normal(degrees: number): number {
  return ((degrees % 360) + 360) % 360
}

export function moved(camera: PlacedCamera, [dx, dy]: Point): PlacedCamera {
  return { ...camera, x: fine(between(0, camera.x + dx, 1)), y: fine(between(0, camera.y + dy, 1)) }
}

export function turned(camera: PlacedCamera, by: number): PlacedCamera {
  return { ...camera, direction: normal(camera.direction + by) }
}

export function freshCamera(camera: string, [x, y]: Corner): PlacedCamera {
  return { camera, x: fine(between(0, x, 1)), y: fine(between(0, y, 1)), direction: 0, field_of_view: 80, reach: 0.15 }
}

/** The middle of a polygon by its area: where its name and its alert stand. */
export function centre(polygon: readonly Corner[]): Corner {
  let [area, x, y] = [0, 0, 0]
  for (const [at, [x1, y1]] of polygon.entries()) {
    const [x2, y2] = polygon[(at + 1) % polygon.length] ?? [0, 0]
    const part = x1 * y2 - x2 * y1
    area += part
    x += (x1 + x2) * part
    y += (y1 + y2) * part
  }
  if (Math.abs(area) < 1e-9) return polygon[0] ?? [0.5, 0.5]
  return [x / (3 * area), y / (3 * area)]
}

export function isInside([x, y]: Point, polygon: readonly Corner[]): boolean {
  let inside = false
  for (const [at, [x1, y1]] of polygon.entries()) {
    const [x2, y2] = polygon[(at + 1) % polygon.length] ?? [0, 0]
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
  }
  return inside
}

/** The cameras that look after an area: those that stand in it, and the one whose zone it is. */
export function camerasOf(area: PlanArea, placed: readonly PlacedCamera[], zoneCamera: string | null): string[] {
  return placed.filter((one) => one.camera === zoneCamera || isInside([one.x, one.y], area.polygon)).map((one) => one.camera)
}

/** The plan that the address asks for, else the one nearest to the ground. */
export function planShown(plans: readonly FloorPlan[], asked: string | null): FloorPlan | null {
  const found = plans.find((plan) => plan.id === asked)
  return found ?? [...plans].sort((a, b) => Math.abs(a.level) - Math.abs(b.level) || b.level - a.level)[0] ?? null
}

/** The address of the wall with exactly these cameras. */
export function wallOf(cameras: readonly string[]): string {
  return `/?cameras=${cameras.join(',')}`
}

const round = (value: number): number => Math.round(value * 10) / 10
const fine = (value: number): number => Math.round(value * 1e4) / 1e4
