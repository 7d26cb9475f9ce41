/** Wheel, mouse, fingers and keys that move and enlarge what is shown, for an element. */
import type { Point } from './view'

export interface Moves {
  pan: (by: Point) => void
  zoom: (factor: number, at: Point) => void
  /** Pressed and let go at the same place. */
  tap?: (at: Point) => void
  /** Show all of it. */
  fit?: () => void
}

const STEP = 60
export const ZOOM_STEP = 1.6
const STILL = 5

/** Listen on `element`; what begins on a control inside it is the control's. Returns what ends it. */
export function gestures(element: HTMLElement, moves: Moves): () => void {
  const fingers = new Map<number, Point>()
  let travelled = 0

  const at = (event: MouseEvent): Point => {
    const box = element.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }
  const isControl = (event: Event): boolean => event.target instanceof Element && event.target.closest('button, a, input, select, textarea, [data-own-drag]') !== null

  const down = (event: PointerEvent): void => {
    if (isControl(event) || event.button !== 0) return
    element.setPointerCapture(event.pointerId)
    if (fingers.size === 0) travelled = 0
    fingers.set(event.pointerId, at(event))
  }
  const move = (event: PointerEvent): void => {
    const before = fingers.get(event.pointerId)
    if (before === undefined) return
    const now = at(event)
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1]
    fingers.set(event.pointerId, now)
    travelled += Math.hypot(now[0] - before[0], now[1] - before[1])
    if (travelled < STILL) return
    if (other === undefined) moves.pan([now[0] - before[0], now[1] - before[1]])
    else {
      const middle = (one: Point): Point => [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2]
      const apart = (one: Point): number => Math.max(1, Math.hypot(one[0] - other[0], one[1] - other[1]))
      moves.pan([middle(now)[0] - middle(before)[0], middle(now)[1] - middle(before)[1]])
      moves.zoom(apart(now) / apart(before), middle(now))
    }
  }
  const up = (event: PointerEvent): void => {
    if (!fingers.delete(event.pointerId)) return
    if (event.type === 'pointerup' && fingers.size === 0 && travelled < STILL) moves.tap?.(at(event))
  }
  const wheel = (event: WheelEvent): void => {
    event.preventDefault()
    moves.zoom(2 ** (-event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 0.05 : 0.0022)), at(event))
  }
  const key = (event: KeyboardEvent): void => {
    const field = event.target instanceof Element && event.target.closest('input, select, textarea, [data-own-keys]') !== null
    if (field || event.ctrlKey || event.metaKey || event.altKey) return
    const arrows: Record<string, Point> = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }
    const by = arrows[event.key]
    const middle: Point = [element.clientWidth / 2, element.clientHeight / 2]
    if (by !== undefined) moves.pan(by)
    else if (event.key === '+' || event.key === '=') moves.zoom(ZOOM_STEP, middle)
    else if (event.key === '-') moves.zoom(1 / ZOOM_STEP, middle)
    else if (event.key === '0' && moves.fit !== undefined) moves.fit()
    else return
    event.preventDefault()
  }

  element.addEventListener('pointerdown', down)
  element.addEventListener('pointermove', move)
  element.addEventListener('pointerup', up)
  element.addEventListener('pointercancel', up)
  element.addEventListener('wheel', wheel, { passive: false })
  element.addEventListener('keydown', key)
  return () => {
    element.removeEventListener('pointerdown', down)
    element.removeEventListener('pointermove', move)
    element.removeEventListener('pointerup', up)
    element.removeEventListener('pointercancel', up)
    element.removeEventListener('wheel', wheel)
    element.removeEventListener('keydown', key)
  }
}
