/** The steps of a script under work as a tree: found, put in, taken out, moved, counted. Pure: every change gives a new tree. */
import { DEEPEST, MOST_STEPS, type StepDraft } from './script-draft'

/** A list of steps: the whole script's, or one of the ways within a step. */
export interface Where {
  /** The step around it; `null`: none. */
  parent: string | null
  way: number
}
export interface Slot extends Where {
  /** Before which of the steps there. */
  index: number
}

export const TOP: Where = { parent: null, way: 0 }
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
/** `a`, `b`, … : the ways within a step. */
export const letterOf = (way: number): string => LETTERS[way] ?? String(way + 1)

export function* walk(steps: readonly StepDraft[]): Generator<StepDraft> {
  for (const step of steps) {
    yield step
    for (const way of step.ways) yield* walk(way)
  }
}

export const find = (steps: readonly StepDraft[], key: string): StepDraft | undefined => [...walk(steps)].find((step) => step.key === key)
export const countOf = (steps: readonly StepDraft[]): number => [...walk(steps)].length
export const isFull = (steps: readonly StepDraft[]): boolean => countOf(steps) >= MOST_STEPS

/** What each step is called: `3`, and within its second way `3b.1`. */
export function labelsOf(steps: readonly StepDraft[], prefix = ''): Map<string, string> {
  const labels = new Map<string, string>()
  for (const [at, step] of steps.entries()) {
    const label = `${prefix}${at + 1}`
    labels.set(step.key, label)
    for (const [way, within] of step.ways.entries()) for (const [key, name] of labelsOf(within, `${label}${letterOf(way)}.`)) labels.set(key, name)
  }
  return labels
}

/** How many levels these steps are, as the server counts them: a step with ways is one more, empty or not. */
export function depthOf(steps: readonly StepDraft[]): number {
  return 1 + Math.max(0, ...steps.flatMap((step) => step.ways.map(depthOf)))
}
/** Whether a step may stand at a level, the first being 1. */
export const fits = (step: StepDraft, level: number): boolean => level - 1 + depthOf([step]) <= DEEPEST

/** How many seconds these steps take at most, waits and time limits together. What was typed and is no number counts nothing. */
export function longestOf(steps: readonly StepDraft[]): number {
  return steps.reduce((total, step) => total + (/^\d+$/.test(step.seconds.trim()) ? Number(step.seconds) : 0) + Math.max(0, ...step.ways.map(longestOf)), 0)
}

/** The tree with one step changed. */
export function changed(steps: readonly StepDraft[], key: string, change: (step: StepDraft) => StepDraft): StepDraft[] {
  return steps.map((step) => (step.key === key ? change(step) : step.ways.length === 0 ? step : { ...step, ways: step.ways.map((way) => changed(way, key, change)) }))
}

export function without(steps: readonly StepDraft[], key: string): StepDraft[] {
  return steps.filter((step) => step.key !== key).map((step) => (step.ways.length === 0 ? step : { ...step, ways: step.ways.map((way) => without(way, key)) }))
}

export function withAt(steps: readonly StepDraft[], slot: Slot, step: StepDraft): StepDraft[] {
  if (slot.parent === null) return [...steps.slice(0, slot.index), step, ...steps.slice(slot.index)]
  return changed(steps, slot.parent, (around) => ({ ...around, ways: around.ways.map((way, number) => (number === slot.way ? withAt(way, { ...TOP, index: slot.index }, step) : way)) }))
}

/** Where a step stands. */
export function slotOf(steps: readonly StepDraft[], key: string, where: Where = TOP): Slot | undefined {
  const index = steps.findIndex((step) => step.key === key)
  if (index >= 0) return { ...where, index }
  for (const step of steps) {
    for (const [way, within] of step.ways.entries()) {
      const found = slotOf(within, key, { parent: step.key, way })
      if (found) return found
    }
  }
  return undefined
}

/** Where one goes on when a step is taken out: the next one, else the one before it, else the one around it; `null`: it was the only one. */
export function neighbourOf(steps: readonly StepDraft[], key: string): string | null {
  const slot = slotOf(steps, key)
  if (slot === undefined) return null
  const list = slot.parent === null ? steps : (find(steps, slot.parent)?.ways[slot.way] ?? [])
  return (list[slot.index + 1] ?? list[slot.index - 1])?.key ?? slot.parent
}

/** All places where a step could be put in, from the top of the page to its end, each with its level. */
function* slots(steps: readonly StepDraft[], where: Where, level: number): Generator<Slot & { level: number }> {
  for (let index = 0; index <= steps.length; index++) {
    yield { ...where, index, level }
    const step = steps[index]
    if (step) for (const [way, within] of step.ways.entries()) yield* slots(within, { parent: step.key, way }, level + 1)
  }
}

/** A line up (-1) or down (1): past a plain step, into the ways of one that has them, out of them at their end. The same tree where there is no further place. */
export function moved(steps: readonly StepDraft[], key: string, by: -1 | 1): readonly StepDraft[] {
  const step = find(steps, key)
  const from = slotOf(steps, key)
  if (step === undefined || from === undefined) return steps
  const rest = without(steps, key)
  const all = [...slots(rest, TOP, 1)]
  const here = all.findIndex((slot) => slot.parent === from.parent && slot.way === from.way && slot.index === from.index)
  for (let at = here + by; at >= 0 && at < all.length; at += by) {
    const slot = all[at]
    if (slot && fits(step, slot.level)) return withAt(rest, slot, step)
  }
  return steps
}

export const canMove = (steps: readonly StepDraft[], key: string, by: -1 | 1): boolean => (by < 0 ? steps[0] : steps.at(-1))?.key !== key
