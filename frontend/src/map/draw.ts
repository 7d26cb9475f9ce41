/** Draws the ground onto a canvas: only what lies in the view, the world again at its left and right edge. */
import { fromScreen, toScreen, type Size, type View } from '../lib/view'
import type { Ring, Town } from './base-map'
import { project, unproject, zoomOf } from './mercator'

export interface Ground {
  rings: readonly Ring[]
  towns: readonly Town[]
}

/** Colours as the theme has them. */
export interface Colours {
  sea: string
  land: string
  border: string
  words: string
  halo: string
  font: string
}

/** So many names at most; the largest towns come first. */
const MOST_NAMES = 40

export function drawGround(context: CanvasRenderingContext2D, view: View, size: Size, ground: Ground, colours: Colours): void {
  context.fillStyle = colours.sea
  context.fillRect(0, 0, size.width, size.height)
  context.fillStyle = colours.land
  context.strokeStyle = colours.border
  context.lineWidth = 1
  context.lineJoin = 'round'
  for (const turn of [-1, 0, 1]) drawLand(context, { ...view, x: view.x - turn }, size, ground.rings)
  drawGrid(context, view, size, colours)
  drawNames(context, view, size, ground.towns, colours)
}

function drawLand(context: CanvasRenderingContext2D, view: View, size: Size, rings: readonly Ring[]): void {
  const [left, top] = fromScreen(view, size, [0, 0])
  const [right, bottom] = fromScreen(view, size, [size.width, size.height])
  const { scale } = view
  const [dx, dy] = [size.width / 2 - view.x * scale, size.height / 2 - view.y * scale]
  context.beginPath()
  for (const ring of rings) {
    if (ring.right < left || ring.left > right || ring.bottom < top || ring.top > bottom) continue
    // Islands smaller than a pixel are not land that anybody could see.
    if ((ring.right - ring.left) * scale < 1 && (ring.bottom - ring.top) * scale < 1) continue
    trace(context, ring.points, scale, dx, dy)
  }
  context.fill('evenodd')
  context.stroke()
}

/** One outline; points that fall on the same pixel as the one before are left out. */
function trace(context: CanvasRenderingContext2D, points: Float64Array, scale: number, dx: number, dy: number): void {
  let [lastX, lastY] = [Infinity, Infinity]
  for (let at = 0; at < points.length; at += 2) {
    const x = (points[at] ?? 0) * scale + dx
    const y = (points[at + 1] ?? 0) * scale + dy
    if (at === 0) context.moveTo(x, y)
    else if (Math.abs(x - lastX) + Math.abs(y - lastY) < 0.7) continue
    else context.lineTo(x, y)
    lastX = x
    lastY = y
  }
  context.closePath()
}

/** Degrees between the lines of the grid. */
const STEPS = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001]
const APART = 110

/** Degrees between lines of the grid that lie at least `APART` pixels from each other. */
export function gridStep(scale: number): number {
  return STEPS.findLast((step) => (step / 360) * scale >= APART) ?? 30
}

/** Meridians and parallels: where little is known of the ground, they show that it moves and how large it is. */
function drawGrid(context: CanvasRenderingContext2D, view: View, size: Size, colours: Colours): void {
  const step = gridStep(view.scale)
  const [west, north] = fromScreen(view, size, [0, 0])
  const [east, south] = fromScreen(view, size, [size.width, size.height])
  context.beginPath()
  for (let at = Math.ceil((west * 360 - 180) / step); at * step <= east * 360 - 180; at += 1) {
    const x = Math.round(toScreen(view, size, [(at * step + 180) / 360, 0])[0]) + 0.5
    context.moveTo(x, 0)
    context.lineTo(x, size.height)
  }
  for (let at = Math.ceil(unproject([0, Math.min(1, south)]).latitude / step); at * step <= unproject([0, Math.max(0, north)]).latitude; at += 1) {
    const y = Math.round(toScreen(view, size, project({ latitude: at * step, longitude: 0 }))[1]) + 0.5
    context.moveTo(0, y)
    context.lineTo(size.width, y)
  }
  context.strokeStyle = colours.border
  context.globalAlpha = 0.3
  context.stroke()
  context.globalAlpha = 1
}

/** Names that do not lie on each other, the largest towns first. */
export function namesShown(towns: readonly Town[], view: View, size: Size, width: (name: string) => number): { town: Town; x: number; y: number }[] {
  const least = smallestTown(zoomOf(view.scale))
  const taken: { left: number; right: number; top: number; bottom: number }[] = []
  const shown: { town: Town; x: number; y: number }[] = []
  for (const town of towns) {
    if (town.people < least || shown.length >= MOST_NAMES) break
    const [x, y] = toScreen(view, size, [town.x, town.y])
    if (x < 0 || y < 0 || x > size.width || y > size.height) continue
    const place = { left: x - 6, right: x + 10 + width(town.name), top: y - 10, bottom: y + 10 }
    if (taken.some((one) => place.left < one.right && place.right > one.left && place.top < one.bottom && place.bottom > one.top)) continue
    taken.push(place)
    shown.push({ town, x, y })
  }
  return shown
}

/** Thousands of people from which a town is named. */
function smallestTown(zoom: number): number {
  return zoom < 3 ? 4000 : zoom < 4.5 ? 1500 : zoom < 6 ? 250 : zoom < 7.5 ? 60 : zoom < 8.5 ? 25 : 0
}

function drawNames(context: CanvasRenderingContext2D, view: View, size: Size, towns: readonly Town[], colours: Colours): void {
  context.font = colours.font
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  for (const { town, x, y } of namesShown(towns, view, size, (name) => context.measureText(name).width)) {
    context.beginPath()
    context.arc(x, y, 2, 0, 2 * Math.PI)
    context.fillStyle = colours.words
    context.fill()
    context.strokeStyle = colours.halo
    context.lineWidth = 3
    context.strokeText(town.name, x + 7, y)
    context.fillText(town.name, x + 7, y)
  }
}
