/** The frames of a clip: which one is shown when, and which one fired. Pure. */
import type { ClipTimes } from '../api/alerts'

/** What a clip without known frame times is stepped by, ms. */
export const STEP_MS = 100

/** When each frame is shown, ms from the start; made up in equal steps where it is not known. */
export function frameTimes(times: ClipTimes | null, duration: number): number[] {
  if (times !== null && times.frames.length > 0) return [...times.frames]
  return Array.from({ length: Math.max(1, Math.floor((duration * 1000) / STEP_MS)) }, (_, index) => index * STEP_MS)
}

/** The frame that is shown at a moment: the last one that begins before it. */
export function frameAt(frames: readonly number[], ms: number): number {
  let low = 0
  let high = frames.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((frames[middle] ?? 0) <= ms + 0.5) low = middle
    else high = middle - 1
  }
  return Math.max(0, low)
}

/** Where to seek so that a frame is shown, in seconds: its middle, since its very beginning may round to the one before. */
export function seekTo(frames: readonly number[], index: number, duration: number): number {
  const from = frames[index] ?? 0
  const until = frames[index + 1] ?? Math.max(from, duration * 1000)
  return (from + until) / 2000
}

/** The frame that was captured nearest to a moment; `null` when the clip does not know when it began, or does not hold it. */
export function frameOf(times: ClipTimes | null, moment: string): number | null {
  if (times === null || times.began_at === null || times.frames.length === 0) return null
  const ms = Date.parse(moment) - Date.parse(times.began_at)
  const last = times.frames[times.frames.length - 1] ?? 0
  if (ms < -1000 || ms > last + 1000) return null
  const index = frameAt(times.frames, ms)
  const next = times.frames[index + 1]
  return next !== undefined && next - ms < ms - (times.frames[index] ?? 0) ? index + 1 : index
}

/** When a frame was captured. */
export function capturedAt(times: ClipTimes | null, ms: number): Date | null {
  return times === null || times.began_at === null ? null : new Date(Date.parse(times.began_at) + ms)
}
