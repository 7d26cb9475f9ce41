/** What the server found wrong with a script, brought to the steps that it is about. Pure. */
import type { StepDraft } from './script-draft'

export type StepField = 'device' | 'state' | 'seconds' | 'otherwise' | ''
export interface StepFault {
  /** The step's key; empty: the steps as a whole. */
  step: string
  /** Empty: the step as a whole. */
  field: StepField
  sentence: string
}

const FIELDS: Readonly<Record<string, StepField>> = { device: 'device', state: 'state', seconds: 'seconds', limit_s: 'seconds', otherwise: 'otherwise' }
const isNumber = (part: string | undefined): part is string => part !== undefined && /^\d+$/.test(part)

/**
 * The step and field at a path, which the server writes in two ways: as the document is nested (`steps.2.branches.1.0.seconds`) where it could
 * not be read, as its runs name steps (`2.1.0.state`, with or without `steps.`) where it could. What leads nowhere belongs to the last step on the way.
 */
export function placeOf(steps: readonly StepDraft[], path: string): Pick<StepFault, 'step' | 'field'> {
  const parts = path.split('.')
  if (parts[0] === 'steps') parts.shift()
  let within: readonly StepDraft[] | undefined = steps
  let step: StepDraft | undefined
  while (within !== undefined && isNumber(parts[0])) {
    const next: StepDraft | undefined = within[Number(parts[0])]
    if (next === undefined) break
    step = next
    parts.shift()
    const way = wayAt(parts)
    within = way === null ? undefined : step.ways[way]
  }
  return { step: step?.key ?? '', field: step === undefined ? '' : (FIELDS[parts[0] ?? ''] ?? '') }
}

/** Which way the path goes on within a step; takes what says so off it. */
function wayAt(parts: string[]): number | null {
  if (parts[0] === 'branches') parts.shift()
  const [part] = parts
  if (part !== 'then' && part !== 'else' && !isNumber(part)) return null
  parts.shift()
  return part === 'then' ? 0 : part === 'else' ? 1 : Number(part)
}

/** Whether a refusal's field is about the steps. */
export const isOfSteps = (field: string): boolean => field === 'steps' || field.startsWith('steps.') || field === 'document' || field.startsWith('document.')

/** The faults of a refusal's fields. */
export function faultsOf(steps: readonly StepDraft[], fields: Readonly<Record<string, string>>): StepFault[] {
  return Object.entries(fields).filter(([field]) => isOfSteps(field)).map(([field, sentence]) => ({ ...placeOf(steps, field), sentence }))
}

/** The faults that have come to a script since it was saved. */
export const faultsSince = (steps: readonly StepDraft[], problems: readonly { path: string; sentence: string }[]): StepFault[] => problems.map(({ path, sentence }) => ({ ...placeOf(steps, path), sentence }))

export const saidOf = (faults: readonly StepFault[], step: string, field: StepField): string => faults.filter((one) => one.step === step && one.field === field).map((one) => one.sentence).join(' ')

/** The faults that are left when something of a step was changed: what was said of that no longer holds. Another device has other states. */
export function stillWrong(faults: readonly StepFault[], step: string, touched: readonly StepField[]): StepFault[] {
  const mended = new Set<StepField>([...touched, '', ...(touched.includes('device') ? (['state'] as const) : [])])
  return faults.filter((one) => (one.step === '' ? false : one.step !== step || !mended.has(one.field)))
}
