/** The steps of an activation: in which order they are read, what can be done with each, and what is on the checklist. */
import type { Step, StepAct, StepState } from '../api/activations'

export const AHEAD: readonly StepState[] = ['waiting', 'held', 'unverified', 'by_hand']

export function isAhead(step: Pick<Step, 'state'>): boolean {
  return AHEAD.includes(step.state)
}

const at = (text: string | null): number => (text === null ? Infinity : Date.parse(text))

/** What began first, then what runs, then what comes by the time it is due; what has no time yet last, as the plan has it. */
export function inOrder(steps: readonly Step[]): Step[] {
  const key = (step: Step): [number, number, number] => {
    if (!isAhead(step)) return [0, Math.min(at(step.started_at), at(step.ended_at)), step.position]
    return [1, at(step.due_at), step.position]
  }
  return [...steps].sort((a, b) => {
    const [x, y] = [key(a), key(b)]
    if (x[0] !== y[0]) return x[0] - y[0]
    return x[1] === y[1] ? x[2] - y[2] : x[1] - y[1]
  })
}

export interface StepCounts {
  done: number
  running: number
  ahead: number
  failed: number
}

export function countSteps(steps: readonly Step[]): StepCounts {
  const count = (...states: StepState[]): number => steps.filter((step) => states.includes(step.state)).length
  return { done: count('done', 'skipped'), running: count('running'), ahead: steps.filter(isAhead).length, failed: count('failed') }
}

/** What who directs may do with a step now; what needs a verification goes by that alone. */
export function actsOf(step: Step): StepAct[] {
  if (step.state === 'waiting') return ['release', 'hold']
  if (step.state === 'held') return ['release']
  if (step.state === 'by_hand') return ['release', 'hold']
  if (step.state === 'unverified') return ['hold']
  return step.kind === 'message' && step.state === 'done' && step.key !== 'stand-down' ? ['repeat'] : []
}

/** The step that comes when too few answer, to be begun now: escalation by hand. */
export function escalation(steps: readonly Step[]): Step | undefined {
  return inOrder(steps).find((step) => step.needed !== null && (step.state === 'waiting' || step.state === 'held'))
}

/** The step that begins next by itself. */
export function nextStep(steps: readonly Step[]): Step | undefined {
  return inOrder(steps).find((step) => step.state === 'waiting' && step.due_at !== null)
}

/** Lines of the checklist: what people do, and services that somebody calls; in the plan's order, so that a line never jumps. */
export function checklist(steps: readonly Step[]): Step[] {
  return [...steps].sort((one, other) => one.position - other.position).filter((step) => step.kind === 'task' || step.kind === 'emergency')
}

/** Whether somebody must tick it off now. */
export function isToTick(step: Pick<Step, 'kind' | 'state'>): boolean {
  return step.state === 'running' && (step.kind === 'task' || step.kind === 'emergency')
}

/** Milliseconds until a task's deadline; negative when it is late, `null` without one. */
export function leftOf(step: Pick<Step, 'late_at' | 'state'>, now: number): number | null {
  return step.late_at === null || step.state !== 'running' ? null : Date.parse(step.late_at) - now
}
