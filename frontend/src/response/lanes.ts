/** A plan's steps on a timeline: a lane for each audience, a column for each moment at which something begins. */
import type { PlanContent, PlanStep } from '../api/response'
import { audienceKey, begins } from './content'

export interface Lane {
  id: string
  kind: 'people' | 'screens' | 'devices' | 'emergency' | 'tasks'
  /** The first of its steps: says for whom, of a lane of people. */
  first: PlanStep
  steps: PlanStep[]
}

/** Seconds from the start; `null`: when somebody lets it go. */
export type Moment = number | null

export interface Timeline {
  lanes: Lane[]
  columns: Moment[]
  at: ReadonlyMap<string, Moment>
}

const KIND: Record<PlanStep['kind'], Lane['kind']> = { message: 'people', instruction: 'screens', devices: 'devices', emergency: 'emergency', task: 'tasks' }
const ORDER: readonly Lane['kind'][] = ['people', 'screens', 'devices', 'emergency', 'tasks']

export function timeline(content: PlanContent): Timeline {
  const at = begins(content.steps)
  const lanes = new Map<string, Lane>()
  for (const step of content.steps) {
    const kind = KIND[step.kind]
    const id = step.kind === 'message' ? audienceKey(step.to) : kind
    const lane = lanes.get(id)
    if (lane === undefined) lanes.set(id, { id, kind, first: step, steps: [step] })
    else lane.steps.push(step)
  }
  const known = [...new Set([...at.values()].filter((moment): moment is number => moment !== null))].sort((one, other) => one - other)
  const columns: Moment[] = [...at.values()].includes(null) ? [...known, null] : known
  // The document's order within a kind; people first, what agents do last.
  const sorted = [...lanes.values()].sort((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind))
  return { lanes: sorted, columns, at }
}

/** When the last step begins whose time is known. */
export const lastBegin = ({ columns }: Timeline): number => Math.max(0, ...columns.filter((moment): moment is number => moment !== null))
