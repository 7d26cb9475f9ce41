/** The timeline of a report: where each step's bar lies between the start and the end. */
import type { Step } from '../api/activations'

export interface Bar {
  step: Step
  /** Of the line's width, 0 to 100; `null`: it never began. */
  from: number | null
  width: number
}

/** A bar that lasted a moment can still be seen. */
const LEAST = 0.8

/** @param end What is not over yet is drawn until then. */
export function bars(steps: readonly Step[], start: number, end: number): Bar[] {
  const whole = Math.max(end - start, 1)
  const at = (moment: string): number => Math.min(100, Math.max(0, ((Date.parse(moment) - start) / whole) * 100))
  return [...steps]
    .sort((a, b) => began(a) - began(b) || a.position - b.position)
    .map((step) => {
      if (step.started_at === null) return { step, from: null, width: 0 }
      const from = Math.min(at(step.started_at), 100 - LEAST)
      const until = step.ended_at === null ? (step.state === 'running' ? 100 : from) : at(step.ended_at)
      return { step, from, width: Math.max(LEAST, until - from) }
    })
}

const began = (step: Step): number => (step.started_at === null ? Number.POSITIVE_INFINITY : Date.parse(step.started_at))

/** Whole minutes, quarters or hours after the start that an axis of this length is marked with, in milliseconds: seven at most. */
export function ticks(length: number): number[] {
  const minute = 60_000
  const step = [minute / 6, minute / 2, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, 60 * minute, 120 * minute, 360 * minute, 720 * minute, 1440 * minute].find((one) => length / one <= 6) ?? Math.ceil(length / 6)
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step)
}
