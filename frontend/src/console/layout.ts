/** How many tiles the wall shows, where each lies, and which page of cameras: from the address. */

export const PRESETS = ['1', '4', '9', '16', '1+5', '1+7'] as const
export type Preset = (typeof PRESETS)[number]

export interface Shape {
  /** Tiles at once. */
  size: number
  /** Tiles side by side, and one below the other. */
  columns: number
  /** How many columns and rows the first tile takes. */
  large: number
}

export const SHAPES: Readonly<Record<Preset, Shape>> = {
  '1': { size: 1, columns: 1, large: 1 },
  '4': { size: 4, columns: 2, large: 1 },
  '9': { size: 9, columns: 3, large: 1 },
  '16': { size: 16, columns: 4, large: 1 },
  '1+5': { size: 6, columns: 3, large: 2 },
  '1+7': { size: 8, columns: 4, large: 3 },
}

export interface Layout extends Shape {
  preset: Preset
  page: number
  pages: number
  /** Index of the first camera shown. */
  first: number
}

/** The layout for so many cameras; without a wish, the smallest grid that shows them all. */
export function layoutOf(cameras: number, wished: string | null, page: string | null): Layout {
  const preset = presetOf(wished) ?? (cameras <= 1 ? '1' : cameras <= 4 ? '4' : cameras <= 9 ? '9' : '16')
  const shape = SHAPES[preset]
  const pages = Math.max(1, Math.ceil(cameras / shape.size))
  const wanted = Number.parseInt(page ?? '1', 10)
  const current = Math.min(pages, Math.max(1, Number.isNaN(wanted) ? 1 : wanted))
  return { ...shape, preset, page: current, pages, first: (current - 1) * shape.size }
}

/** The preset of this name, as an address writes it (where a `+` may have become a space). */
export function presetOf(name: string | null | undefined): Preset | null {
  return PRESETS.find((preset) => preset === name?.replace(' ', '+')) ?? null
}

/** The cameras in the order that somebody gave them; those that they did not place come after, as they are. */
export function ordered<T extends { id: string }>(cameras: readonly T[], order: readonly string[]): T[] {
  const place = new Map(order.map((id, index) => [id, index]))
  const at = (camera: T): number => place.get(camera.id) ?? Number.POSITIVE_INFINITY
  return cameras.map((camera, index) => ({ camera, index })).sort((a, b) => at(a.camera) - at(b.camera) || a.index - b.index).map(({ camera }) => camera)
}

/** The order with two of them exchanged: all others keep their place. */
export function swapped(order: readonly string[], one: string, other: string): string[] {
  return order.map((id) => (id === one ? other : id === other ? one : id))
}

export interface Box {
  left: number
  top: number
  width: number
  height: number
}
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] } as const
export type Arrow = keyof typeof ARROWS

export function isArrow(key: string): key is Arrow {
  return key in ARROWS
}

/** The tile to which an arrow leads from tile `from`, by where they lie on the screen; `from` itself at the edge. */
export function towards(boxes: readonly Box[], from: number, arrow: Arrow): number {
  const start = boxes[from]
  if (start === undefined) return from
  const [x, y] = ARROWS[arrow]
  let best = from
  let least = Number.POSITIVE_INFINITY
  for (const [index, box] of boxes.entries()) {
    if (index === from) continue
    const ahead = x !== 0 ? gap(start.left, start.width, box.left, box.width, x) : gap(start.top, start.height, box.top, box.height, y)
    if (ahead < -2) continue
    const aside = x !== 0 ? apart(start.top, start.height, box.top, box.height) : apart(start.left, start.width, box.left, box.width)
    const distance = ahead + 3 * aside
    if (distance < least) {
      least = distance
      best = index
    }
  }
  return best
}

/** How far the other begins beyond this one's edge in a direction; negative when it does not. */
function gap(start: number, length: number, other: number, otherLength: number, direction: number): number {
  return direction > 0 ? other - (start + length) : start - (other + otherLength)
}

/** How far two spans miss each other; 0 when one begins where the other does, a little where they only overlap. */
function apart(start: number, length: number, other: number, otherLength: number): number {
  const missed = Math.max(0, other - (start + length), start - (other + otherLength))
  return missed + Math.abs(start - other) / 1000
}
