/** Draws one camera's lane, and the sum of all of them, on a canvas. Everything that stands out has a shape or a word too. */
import { shapeOf } from '../kit/severity'
import { OUTLINES, SIGNS, type Drawn } from '../kit/severity-paths'
import type { TimelineAlert, TimelineOutage } from '../api/timeline'
import { isUnclosed, sum, type Counts, type Mark } from './marks'
import type { Palette } from './palette'
import { length, positionOf, type Span } from './scale'

export interface Pen {
  context: CanvasRenderingContext2D
  palette: Palette
  view: Span
  width: number
  height: number
}

const outlines = new Map<Drawn, { outline: Path2D; sign: Path2D }>()

function pathOf(shape: Drawn): { outline: Path2D; sign: Path2D } {
  let made = outlines.get(shape)
  if (made === undefined) {
    made = { outline: new Path2D(OUTLINES[shape]), sign: new Path2D(SIGNS[shape]) }
    outlines.set(shape, made)
  }
  return made
}

/** Ready a canvas for its size on this screen; what was drawn is gone. */
export function prepare(canvas: HTMLCanvasElement, palette: Palette, view: Span, width: number, height: number): Pen | null {
  const context = canvas.getContext('2d')
  if (context === null || width <= 0) return null
  const ratio = globalThis.devicePixelRatio || 1
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide
    canvas.height = high
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  return { context, palette, view, width, height }
}

/** No information: hatched, and said in a word where there is room for it. */
export function drawOutage(pen: Pen, outage: TimelineOutage, now: number, word: string): void {
  const { context, palette, view, width, height } = pen
  const left = Math.max(-2, positionOf(Date.parse(outage.since), view, width))
  const right = Math.min(width + 2, positionOf(outage.until === null ? now : Date.parse(outage.until), view, width))
  if (right < 0 || left > width) return
  const wide = Math.max(2, right - left)
  context.save()
  context.beginPath()
  context.rect(left, 4, wide, height - 8)
  context.clip()
  context.strokeStyle = palette.unknown
  context.lineWidth = 1.6
  context.beginPath()
  // The lines are counted from the epoch, so that they move with the band.
  const step = 7
  const phase = ((positionOf(0, view, width) % step) + step) % step
  for (let x = left - height - step; x < right + step; x += step) {
    const from = Math.floor(x / step) * step + phase
    context.moveTo(from, height - 4)
    context.lineTo(from + height - 8, 4)
  }
  context.stroke()
  context.restore()
  context.strokeStyle = palette.unknown
  context.lineWidth = 1
  context.strokeRect(left + 0.5, 4.5, Math.max(1, wide - 1), height - 9)
  label(pen, word, left, wide)
}

function label(pen: Pen, word: string, left: number, wide: number): void {
  const { context, palette, width, height } = pen
  context.font = `540 11px ${palette.font}`
  const needed = context.measureText(word).width + 12
  const from = Math.max(left, 0) + 5
  if (Math.min(left + wide, width) - from < needed + 4) return
  context.fillStyle = palette.ground
  context.fillRect(from, height / 2 - 8, needed, 16)
  context.fillStyle = palette.text
  context.textBaseline = 'middle'
  context.fillText(word, from + 6, height / 2 + 0.5)
}

/** How long a situation lasted. */
export function drawSpan(pen: Pen, alert: TimelineAlert, now: number): void {
  const { context, palette, view, width, height } = pen
  const left = positionOf(Date.parse(alert.at), view, width)
  const right = positionOf(alert.until === null ? Math.min(now, Math.max(Date.parse(alert.seen), Date.parse(alert.at))) : Date.parse(alert.until), view, width)
  if (right < 0 || left > width || right - left < 2) return
  context.fillStyle = palette.quiet
  context.fillRect(left, height - (height < LOWEST ? 5 : 8), right - left, 3)
}

/** What was done: a ring when somebody took it, a tick when it was closed, on a line that leads there. */
export function drawDeeds(pen: Pen, alert: TimelineAlert): void {
  const { context, palette, view, width, height } = pen
  const last = alert.closed_at ?? alert.taken_at
  if (last === null) return
  const y = height - 6.5
  const [begin, end] = [positionOf(Date.parse(alert.at), view, width), positionOf(Date.parse(last), view, width)]
  if (end < 0 || begin > width) return
  context.strokeStyle = palette.accent
  context.lineWidth = 1
  context.beginPath()
  context.moveTo(begin, y)
  context.lineTo(end, y)
  context.stroke()
  if (alert.taken_at !== null) {
    const x = positionOf(Date.parse(alert.taken_at), view, width)
    context.beginPath()
    context.arc(x, y, 3.5, 0, Math.PI * 2)
    context.fillStyle = palette.ground
    context.fill()
    context.stroke()
  }
  if (alert.closed_at !== null) {
    const x = positionOf(Date.parse(alert.closed_at), view, width)
    context.fillStyle = palette.ground
    context.fillRect(x - 4, y - 4, 8, 8)
    context.strokeRect(x - 4, y - 4, 8, 8)
    context.beginPath()
    context.moveTo(x - 2, y)
    context.lineTo(x - 0.5, y + 1.5)
    context.lineTo(x + 2.5, y - 2)
    context.stroke()
  }
}

const SIZE = 16
/** The height of the lowest lane; in a higher one marks stand in the middle. */
const LOWEST = 40

/** One alert's shape, or the worst one's with how many there are and how they divide by severity. */
export function drawMark(pen: Pen, mark: Mark, selected: boolean): void {
  const { context, palette, view, width, height } = pen
  const begin = positionOf(mark.from, view, width)
  // A count stands over the middle of what it counts, but never further left than the room that is its own.
  const middle = mark.total === 1 ? begin : Math.max(begin + 8, positionOf((mark.from + mark.to) / 2, view, width))
  if (middle < -30 || middle > width + 30) return
  // A low lane has room for a shape and a number, a higher one also for how they divide.
  const low = height < LOWEST
  const top = low ? (height - 22) / 2 - 4 : (height - LOWEST) / 2
  if (mark.total === 1) {
    drawShape(pen, shapeFor(mark.worst), middle, low ? height / 2 - 2 : top + 16, low ? 14 : SIZE, mark.unclosed > 0)
    if (selected) ring(pen, middle - 12, low ? height / 2 - 14 : top + 4, 24, 24)
    return
  }
  const text = String(mark.total)
  context.font = `640 11px ${palette.font}`
  const wide = Math.max(26, 16 + context.measureText(text).width)
  const left = middle - wide / 2
  context.fillStyle = palette.ground
  // Below it, situations and hatching stay to be seen.
  context.fillRect(left - 2, top + 2, wide + 4, low ? 18 : LOWEST - 14)
  drawShape(pen, shapeFor(mark.worst), left + 7, top + 11, 13, mark.unclosed > 0)
  context.fillStyle = palette.text
  context.textBaseline = 'middle'
  context.fillText(text, left + 16, top + 11.5)
  if (!low) bar(pen, mark.counts, left, top + 21, wide, 6)
  if (selected) ring(pen, left - 3, top + 1, wide + 6, low ? 20 : 29)
}

function shapeFor(level: number): Drawn {
  const shape = shapeOf(level)
  return shape === 'unknown' ? 'low' : shape
}

/** Filled: nobody has closed it; an outline: closed. */
function drawShape(pen: Pen, shape: Drawn, x: number, y: number, size: number, unclosed: boolean): void {
  const { context, palette } = pen
  const { outline, sign } = pathOf(shape)
  context.save()
  context.translate(x - size / 2, y - size / 2)
  context.scale(size / 24, size / 24)
  context.lineJoin = 'round'
  context.lineCap = 'round'
  context.strokeStyle = palette.ground
  context.lineWidth = 4.5
  context.stroke(outline)
  context.fillStyle = unclosed ? palette.fill[shape] : palette.ground
  context.fill(outline)
  if (!unclosed) {
    context.strokeStyle = palette.edge[shape]
    context.lineWidth = 2.6
    context.stroke(outline)
  }
  context.strokeStyle = unclosed ? palette.ink[shape] : palette.edge[shape]
  context.lineWidth = 2.6
  context.stroke(sign)
  context.restore()
}

function bar(pen: Pen, counts: Counts, left: number, top: number, wide: number, high: number): void {
  const total = Math.max(1, sum(counts))
  let x = left
  for (let level = 4; level >= 1; level -= 1) {
    const share = ((counts[level - 1] ?? 0) / total) * wide
    if (share <= 0) continue
    pen.context.fillStyle = pen.palette.fill[shapeFor(level)]
    pen.context.fillRect(x, top, Math.max(1, share - 0.5), high)
    x += share
  }
}

function ring(pen: Pen, x: number, y: number, wide: number, high: number): void {
  pen.context.strokeStyle = pen.palette.accent
  pen.context.lineWidth = 2
  pen.context.beginPath()
  pen.context.roundRect(x, y, wide, high, 4)
  pen.context.stroke()
}

/** All cameras together: a column a piece of time, divided by severity, the worst at the bottom. */
export function drawColumns(pen: Pen, columns: ReadonlyMap<number, Counts>, each: number, most: number): void {
  const { context, palette, view, width, height } = pen
  const wide = Math.max(1, (each / length(view)) * width - 1)
  for (const [from, counts] of columns) {
    const x = positionOf(from, view, width)
    if (x + wide < 0 || x > width) continue
    let y = height - 1
    for (let level = 4; level >= 1; level -= 1) {
      const count = counts[level - 1] ?? 0
      if (count === 0) continue
      const high = Math.max(2, (count / Math.max(4, most)) * (height - 6))
      y -= high
      context.fillStyle = palette.fill[shapeFor(level)]
      context.fillRect(x, y, wide, high - 0.5)
    }
  }
  context.fillStyle = palette.line
  context.fillRect(0, height - 1, width, 1)
}

/** Singles near enough to tell what was done with them, or the one that is selected. */
export function showsDeeds(mark: Mark, view: Span, width: number, selected: string | null): TimelineAlert | null {
  const [alert] = mark.alerts
  if (alert === undefined || mark.alerts.length > 1) return mark.alerts.find((one) => one.id === selected) ?? null
  return alert.id === selected || (length(view) / Math.max(1, width) < 10_000 && !isUnclosed(alert)) ? alert : null
}
