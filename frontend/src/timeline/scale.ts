/** Time along the band: what is seen, zooming and moving. All times are milliseconds since the epoch. Pure. */

export interface Span {
  from: number
  to: number
}

/** Nobody needs to look closer: a frame is a tenth of a second, a situation some seconds. */
export const SHORTEST = 60_000

export function length(span: Span): number {
  return span.to - span.from
}

/** Where a moment lies, pixels from the left. */
export function positionOf(at: number, view: Span, width: number): number {
  return ((at - view.from) / length(view)) * width
}

/** Which moment lies there. */
export function timeAt(x: number, view: Span, width: number): number {
  return view.from + (x / Math.max(1, width)) * length(view)
}

/** The view inside the extent, no shorter than the shortest, moved rather than cut. */
export function fitted(view: Span, extent: Span): Span {
  const long = Math.min(Math.max(length(view), Math.min(SHORTEST, length(extent))), length(extent))
  const from = Math.min(Math.max(view.from, extent.from), extent.to - long)
  return { from, to: from + long }
}

/** Closer (`factor` over 1) or further away; the moment `at` stays where it is on the screen. */
export function zoomed(view: Span, extent: Span, factor: number, at: number): Span {
  const long = Math.min(Math.max(length(view) / factor, Math.min(SHORTEST, length(extent))), length(extent))
  const share = (at - view.from) / length(view)
  const from = at - share * long
  return fitted({ from, to: from + long }, extent)
}

export function moved(view: Span, extent: Span, by: number): Span {
  return fitted({ from: view.from + by, to: view.to + by }, extent)
}

/** The view moved just so far that `at` is in it, with some room around. */
export function showing(at: number, view: Span, extent: Span): Span {
  const margin = length(view) * 0.08
  if (at < view.from + margin) return moved(view, extent, at - margin - view.from)
  if (at > view.to - margin) return moved(view, extent, at + margin - view.to)
  return view
}

export function isWhole(view: Span, extent: Span): boolean {
  return view.from <= extent.from && view.to >= extent.to
}

export function overlap(one: Span, other: Span): boolean {
  return one.from < other.to && one.to > other.from
}
