/** The counters of answers: they add up to the people of the plan, and so do the parts of the bar below them. */
import type { AnswerFilter, Answers } from '../api/activations'
import { ANSWERS } from './words'

export function everybody(answers: Answers): number {
  return ANSWERS.reduce((sum, one) => sum + answers[one], 0)
}

export interface Part {
  answer: AnswerFilter
  count: number
  /** Of the bar, 0 to 100. */
  share: number
}

/** The parts of the bar: each that is not empty can be seen, and together they are the whole. */
export function parts(answers: Answers, least = 1.5): Part[] {
  const all = everybody(answers)
  const found = ANSWERS.map((answer) => ({ answer, count: answers[answer] })).filter((one) => one.count > 0)
  if (all === 0) return []
  const raw = found.map((one) => Math.max(least, (one.count / all) * 100))
  const sum = raw.reduce((a, b) => a + b, 0)
  return found.map((one, index) => ({ ...one, share: ((raw[index] ?? 0) / sum) * 100 }))
}
