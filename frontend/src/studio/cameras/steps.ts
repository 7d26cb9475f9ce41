/** The steps of the guided form, which fields each has, and where something that is missing or wrong is put right. */
import type { CameraDraft } from './camera-draft'

export const STEPS = ['address', 'name', 'law', 'draw', 'watch'] as const
export type Step = (typeof STEPS)[number]

export const FIELDS_OF: Readonly<Record<Step, readonly (keyof CameraDraft)[]>> = {
  address: ['source', 'address', 'user_name', 'password'],
  name: ['name', 'site'],
  law: ['place', 'purpose', 'legal_basis', 'authorisation', 'authorised_until', 'notice_displayed'],
  draw: [],
  watch: ['enabled', 'frames_per_second', 'analysis_size', 'retention_days', 'clip_before_s', 'clip_after_s'],
}

export function isStep(value: string | null): value is Step {
  return STEPS.some((step) => step === value)
}

/** The step that has a field, or `null` for one that no step has. */
export function stepOf(field: string): Step | null {
  const name = field.split('.')[0] ?? ''
  return STEPS.find((step) => FIELDS_OF[step].some((one) => one === name)) ?? null
}

/** The first step that has one of these fields. */
export function firstStepOf(fields: readonly string[]): Step | null {
  const found = fields.map(stepOf)
  return STEPS.find((step) => found.includes(step)) ?? null
}

export function after(step: Step): Step | null {
  return STEPS[STEPS.indexOf(step) + 1] ?? null
}

export function before(step: Step): Step | null {
  return STEPS[STEPS.indexOf(step) - 1] ?? null
}

/** Answers to the questions that find out the kind of place; `null` while a question is open. */
export interface PlaceAnswers {
  road: boolean | null
  open: boolean | null
  work: boolean | null
}

/** The kind of place that the answers mean, or an empty text while they do not tell. */
export function placeFrom({ road, open, work }: PlaceAnswers): 'public_road' | 'open_to_public' | 'workplace' | 'private' | '' {
  if (road === true) return 'public_road'
  if (road === null) return ''
  if (open === true) return 'open_to_public'
  if (open === null) return ''
  if (work === null) return ''
  return work ? 'workplace' : 'private'
}
