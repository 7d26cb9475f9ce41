/** What part of a plane is shown, as pure functions: the world map and floor plans are moved and enlarged alike. */

export type Point = readonly [number, number]

export interface Size {
  width: number
  height: number
}

export interface View {
  /** The point of the plane that lies in the middle. */
  x: number
  y: number
  /** Pixels of the screen for one unit of the plane. */
  scale: number
}

/** How far a view may go. */
export interface Limits {
  least: number
  most: number
  /** The part of the plane in which the middle stays. */
  box: Box
}

export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

export function toScreen(view: View, size: Size, [x, y]: Point): Point {
  return [(x - view.x) * view.scale + size.width / 2, (y - view.y) * view.scale + size.height / 2]
}

export function fromScreen(view: View, size: Size, [x, y]: Point): Point {
  return [(x - size.width / 2) / view.scale + view.x, (y - size.height / 2) / view.scale + view.y]
}

/** The view within its limits. */
export function keep(view: View, limits: Limits): View {
  const { left, top, right, bottom } = limits.box
  return { x: between(left, view.x, right), y: between(top, view.y, bottom), scale: between(limits.least, view.scale, limits.most) }
}

/** Moved by so many pixels of the screen: what was under the finger stays there. */
export function panned(view: View, [dx, dy]: Point, limits: Limits): View {
  return keep({ ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale }, limits)
}

/** Enlarged by a factor; what is at `anchor` (pixels of the screen) stays there. */
export function zoomed(view: View, size: Size, factor: number, anchor: Point, limits: Limits): View {
  const scale = between(limits.least, view.scale * factor, limits.most)
  const [x, y] = fromScreen(view, size, anchor)
  return keep({ x: x - (anchor[0] - size.width / 2) / scale, y: y - (anchor[1] - size.height / 2) / scale, scale }, limits)
}

/** The smallest box around points, or `null` without any. */
export function boxOf(points: readonly Point[]): Box | null {
  if (points.length === 0) return null
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) }
}

/** The view that shows all of a box with `margin` pixels around it, no larger than `closest`. */
export function fitted(box: Box, size: Size, margin: number, limits: Limits, closest = limits.most): View {
  const room = (pixels: number): number => Math.max(1, pixels - 2 * margin)
  const scale = Math.min(closest, room(size.width) / Math.max(1e-12, box.right - box.left), room(size.height) / Math.max(1e-12, box.bottom - box.top))
  return keep({ x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2, scale }, limits)
}

/** The number, or the nearer bound. */
export function between(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
