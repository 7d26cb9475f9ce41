/** Boxes of what was found in a camera's frames, kept for the moment until their picture is drawn. */
import type { Boxes, TrackBox } from './protocol'

/** A picture and its boxes carry the same time; it went through microseconds on the way. */
const SAME = 2
/** A picture without boxes of its own (not analysed) shows those before it, for so long. */
const STILL_TRUE = 700
const MOST = 24
const NONE: readonly TrackBox[] = []

export class TrackBuffer {
  private kept: Boxes[] = []

  put(boxes: Boxes): void {
    this.kept.push(boxes)
    if (this.kept.length > MOST) this.kept.shift()
  }

  clear(): void {
    this.kept = []
  }

  /** The boxes on the picture that was taken at `capturedAt` (milliseconds); none when nothing is known of it. */
  at(capturedAt: number): readonly TrackBox[] {
    let best: Boxes | null = null
    for (const one of this.kept) {
      if (one.at <= capturedAt + SAME && (best === null || one.at > best.at)) best = one
    }
    return best === null || capturedAt - best.at > STILL_TRUE ? NONE : best.boxes
  }
}

/** How many of each class, most first, people before all. */
export function countsOf(boxes: readonly TrackBox[]): { label: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { label } of boxes) counts.set(label, (counts.get(label) ?? 0) + 1)
  const rank = (label: string): number => (label === 'person' ? Number.POSITIVE_INFINITY : (counts.get(label) ?? 0))
  return [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => rank(b.label) - rank(a.label) || a.label.localeCompare(b.label))
}

export interface Fit {
  left: number
  top: number
  width: number
  height: number
}

/** Where a picture lies in a box that holds it whole. */
export function fitted(picture: { width: number; height: number }, box: { width: number; height: number }): Fit {
  const scale = Math.min(box.width / picture.width, box.height / picture.height)
  const [width, height] = [picture.width * scale, picture.height * scale]
  return { left: (box.width - width) / 2, top: (box.height - height) / 2, width, height }
}
