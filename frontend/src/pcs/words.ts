/** How a safeguard plan is said: by when it is exercised, and how urgent that is. */
import type { ExerciseKind, PcsBrief } from '../api/pcs'
import type { Shape } from '../kit/severity'
import { dayOnly } from '../lib/format'
import { language, t } from '../lib/language.svelte'

export const EXERCISES: readonly ExerciseKind[] = ['table', 'partial', 'full']

/** A day of the calendar, `2026-11-25`, in words: it is no instant, so no clock moves it. */
export const dayWords = (day: string): string => dayOnly(new Date(`${day}T12:00:00Z`), language())

const HALF_A_YEAR = 183 * 86_400_000

export function exerciseState(plan: Pick<PcsBrief, 'exercise_due' | 'exercise_over'>, now: Date): { shape: Shape; words: string } {
  if (plan.exercise_due === null) return { shape: 'unknown', words: t('pcs.exercise_unknown') }
  const day = dayWords(plan.exercise_due)
  if (plan.exercise_over) return { shape: 'high', words: t('pcs.exercise_over', { day }) }
  const soon = Date.parse(plan.exercise_due) - now.getTime() < HALF_A_YEAR
  return { shape: soon ? 'medium' : 'safe', words: t('pcs.exercise_by', { day }) }
}
