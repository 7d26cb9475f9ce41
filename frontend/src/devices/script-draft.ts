/** A script as its form holds it, and as it is sent. Pure. */
import type { Script, ScriptInput } from '../api/devices'
import type { Step } from './steps'

export type StepKind = Step['do']
export type Otherwise = 'ask' | 'go_on' | 'stop'
export type ScriptMode = Script['mode']

/** A step under work, of any kind: what a kind does not have is empty. */
export interface StepDraft {
  /** Its name on this page, wherever it is moved. */
  key: string
  do: StepKind
  device: string
  state: string
  /** As it was typed: of a wait how long, of the others the time limit. */
  seconds: string
  otherwise: Otherwise
  /** The steps within: of a condition two ways (if so, if not), of what goes on at once a way each. */
  ways: StepDraft[][]
}

export interface ScriptFormDraft {
  name: string
  /** Empty: devices of any site. */
  site: string
  mode: ScriptMode
  steps: StepDraft[]
}

export const KINDS: readonly StepKind[] = ['set', 'wait', 'wait_for', 'if', 'parallel', 'stop']
export const MODES: readonly ScriptMode[] = ['single', 'restart', 'queued']
export const OTHERWISE: readonly Otherwise[] = ['ask', 'go_on', 'stop']

// The same as in crisis/devices/document.py, which a test holds against these.
export const LONGEST_S = 1800
export const MOST_STEPS = 100
export const MOST_BRANCHES = 20
export const DEEPEST = 5
/** The most seconds that a step's field may hold; those without one are not here. */
export const MOST_SECONDS: Partial<Record<StepKind, number>> = { set: 60, wait: 600, wait_for: 600, if: 60 }

export const namesDevice = (kind: StepKind): boolean => kind === 'set' || kind === 'wait_for' || kind === 'if'
/** What depends on how a device is can only name one that says so. */
export const needsReading = (kind: StepKind): boolean => kind === 'wait_for' || kind === 'if'

const FIRST_SECONDS: Record<StepKind, string> = { set: '10', wait: '30', wait_for: '60', if: '10', parallel: '', stop: '' }

export function newStep(kind: StepKind, key: string): StepDraft {
  return { key, do: kind, device: '', state: '', seconds: FIRST_SECONDS[kind], otherwise: 'ask', ways: kind === 'if' || kind === 'parallel' ? [[], []] : [] }
}

export function draftOf(script: Script | null, site: string): ScriptFormDraft {
  if (script === null) return { name: '', site, mode: 'single', steps: [] }
  const steps = script.document['steps']
  return { name: script.name, site: script.site?.id ?? '', mode: script.mode, steps: Array.isArray(steps) ? stepsOf(steps as Step[], '') : [] }
}

/** Steps that were kept are named by their place, which no new one is. */
function stepsOf(steps: readonly Step[], prefix: string): StepDraft[] {
  return steps.map((step, at) => stepOf(step, `${prefix}${at}`))
}

function stepOf(step: Step, key: string): StepDraft {
  const draft = { ...newStep(step.do, key), ways: waysOf(step).map((way, number) => stepsOf(way, `${key}.${number}.`)) }
  if (step.do === 'wait') return { ...draft, seconds: String(step.seconds) }
  if (step.do === 'parallel' || step.do === 'stop') return draft
  return { ...draft, device: step.device, state: step.state, seconds: String(step.limit_s), otherwise: step.otherwise }
}

function waysOf(step: Step): Step[][] {
  if (step.do === 'if') return [step.then, step.else]
  return step.do === 'parallel' ? step.branches : []
}

/** What is sent. What was not filled in is sent as it is: the server says what is wrong with it, and where. */
export function inputOf(draft: ScriptFormDraft): Required<ScriptInput> {
  return { name: draft.name.trim(), site: draft.site === '' ? null : draft.site, mode: draft.mode, document: { steps: draft.steps.map(sent) } }
}

function sent(step: StepDraft): Record<string, unknown> {
  const ways = step.ways.map((way) => way.map(sent))
  if (step.do === 'stop') return { do: 'stop' }
  if (step.do === 'parallel') return { do: 'parallel', branches: ways }
  if (step.do === 'wait') return { do: 'wait', ...filled('seconds', secondsSent(step.seconds)) }
  const ofDevice = { do: step.do, device: step.device, ...filled('state', step.state === '' ? undefined : step.state), ...filled('limit_s', secondsSent(step.seconds)), otherwise: step.otherwise }
  return step.do === 'if' ? { ...ofDevice, then: ways[0] ?? [], else: ways[1] ?? [] } : ofDevice
}

const filled = (name: string, value: unknown): Record<string, unknown> => (value === undefined ? {} : { [name]: value })

function secondsSent(text: string): number | string | undefined {
  const typed = text.trim()
  if (typed === '') return undefined
  return /^\d{1,9}$/.test(typed) ? Number(typed) : typed
}

export const isSame = (one: ScriptFormDraft, other: ScriptFormDraft): boolean => JSON.stringify(inputOf(one)) === JSON.stringify(inputOf(other))
