/** Pointers on the band: drag moves it, two fingers and the wheel zoom, a tap picks. */

export interface Gestures {
  /** Moved by so many pixels. */
  drag: (by: number) => void
  /** Zoomed by a factor around a place. */
  zoom: (factor: number, x: number) => void
  tap: (x: number, y: number) => void
  /** Where the pointer is; `null` when it has left. */
  hover: (place: { x: number; y: number } | null) => void
}

/** A press that moves less is a tap, pixels. */
const STILL = 5

/** Follow the pointers over an element until the returned function is called. */
export function gestures(element: HTMLElement, on: Gestures): () => void {
  const pointers = new Map<number, { x: number; y: number }>()
  let travelled = 0
  let pinched = 0

  const place = (event: MouseEvent): { x: number; y: number } => {
    const box = element.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const spread = (): number => {
    const [one, two] = [...pointers.values()]
    return one === undefined || two === undefined ? 0 : Math.abs(one.x - two.x)
  }
  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return
    pointers.set(event.pointerId, place(event))
    element.setPointerCapture(event.pointerId)
    if (pointers.size === 1) travelled = 0
    pinched = spread()
  }
  const move = (event: PointerEvent): void => {
    const now = place(event)
    const before = pointers.get(event.pointerId)
    if (before === undefined) return on.hover(event.pointerType === 'touch' ? null : now)
    pointers.set(event.pointerId, now)
    if (pointers.size === 2) {
      const wide = spread()
      const [one, two] = [...pointers.values()]
      if (pinched > 8 && wide > 8 && one !== undefined && two !== undefined) on.zoom(wide / pinched, (one.x + two.x) / 2)
      pinched = wide
      travelled = STILL + 1
      return
    }
    travelled += Math.abs(now.x - before.x) + Math.abs(now.y - before.y)
    if (travelled > STILL) {
      on.hover(null)
      on.drag(now.x - before.x)
    }
  }
  const up = (event: PointerEvent): void => {
    const before = pointers.get(event.pointerId)
    pointers.delete(event.pointerId)
    if (before !== undefined && event.type === 'pointerup' && travelled <= STILL && pointers.size === 0) on.tap(before.x, before.y)
  }
  const leave = (): void => on.hover(null)
  const wheel = (event: WheelEvent): void => {
    event.preventDefault()
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) on.drag(-event.deltaX)
    else on.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0016)), place(event).x)
  }
  element.addEventListener('pointerdown', down)
  element.addEventListener('pointermove', move)
  element.addEventListener('pointerup', up)
  element.addEventListener('pointercancel', up)
  element.addEventListener('pointerleave', leave)
  element.addEventListener('wheel', wheel, { passive: false })
  return () => {
    element.removeEventListener('pointerdown', down)
    element.removeEventListener('pointermove', move)
    element.removeEventListener('pointerup', up)
    element.removeEventListener('pointercancel', up)
    element.removeEventListener('pointerleave', leave)
    element.removeEventListener('wheel', wheel)
  }
}
