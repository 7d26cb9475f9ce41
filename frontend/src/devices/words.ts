/** How devices and runs are said: which icon, which shape, which word, since when. */
import type { Device, DeviceKind, Run, RunStateName, RunStepState } from '../api/devices'
import type { Shape } from '../kit/severity'
import { t } from '../lib/language.svelte'
import type { PlainKey } from '../texts'

export const KINDS: readonly DeviceKind[] = ['door', 'gate', 'light', 'siren', 'sign', 'other']
const KIND_WORDS: Record<DeviceKind, PlainKey> = {
  door: 'device.kind_door', gate: 'device.kind_gate', light: 'device.kind_light', siren: 'device.kind_siren', sign: 'device.kind_sign', other: 'device.kind_other',
}
export const kindWord = (kind: DeviceKind): string => t(KIND_WORDS[kind])

/** How a state looks beside its word: a siren that sounds and a light that is on are seen from afar. */
export type Look = 'plain' | 'loud' | 'lit' | 'unknown'
export function lookOf(device: Pick<Device, 'kind' | 'state' | 'silent_since'>): Look {
  if (device.state === '' || device.silent_since !== null) return 'unknown'
  if (device.state === 'on' && device.kind === 'siren') return 'loud'
  if (device.state === 'on' && (device.kind === 'light' || device.kind === 'sign')) return 'lit'
  return 'plain'
}

/** It was told to take a state and has not said so since. */
export function waitsFor(device: Device): string | null {
  if (device.last_asked === '' || device.last_asked_at === null || device.last_asked === device.state) return null
  if (device.state_at !== null && device.readable && Date.parse(device.state_at) > Date.parse(device.last_asked_at) + 60_000) return null
  return device.states.find((one) => one.key === device.last_asked)?.word ?? device.last_asked
}

/** The list after the feed told of one of its devices; the same list where it told nothing new. */
export function heard(list: readonly Device[], payload: Readonly<Record<string, unknown>>): readonly Device[] {
  const { device: id, state, state_at: at, silent_since: silent, removed } = payload
  if (removed === true) return list.filter((one) => one.id !== id)
  if (typeof state !== 'string') return list
  return list.map((one) => {
    if (one.id !== id) return one
    const word = state === '' ? '' : one.states.find((known) => known.key === state)?.word
    // A state that is new to this list: the list that is read next brings its word.
    if (word === undefined) return one
    return { ...one, state, state_word: word, state_at: typeof at === 'string' ? at : null, silent_since: typeof silent === 'string' ? silent : null }
  })
}

export interface SiteGroup {
  id: string
  name: string
  devices: Device[]
}

/** Devices by site, both in the order of their names. */
export function bySite(list: readonly Device[]): SiteGroup[] {
  const groups = new Map<string, SiteGroup>()
  for (const device of list) {
    const group = groups.get(device.site.id) ?? { id: device.site.id, name: device.site.name, devices: [] }
    group.devices.push(device)
    groups.set(device.site.id, group)
  }
  const sorted = [...groups.values()].sort((one, other) => one.name.localeCompare(other.name))
  for (const group of sorted) group.devices.sort((one, other) => one.name.localeCompare(other.name))
  return sorted
}

export const isOver = (state: RunStateName): boolean => state === 'done' || state === 'failed' || state === 'stopped'

/** What asks somebody comes first, then what goes on, the newest first. */
export function mostUrgentFirst(list: readonly Run[]): Run[] {
  const rank = (run: Run): number => (run.state === 'asking' ? 0 : run.state === 'running' ? 1 : 2)
  return [...list].sort((one, other) => rank(one) - rank(other) || Date.parse(other.asked_at) - Date.parse(one.asked_at))
}

const RUN_WORDS: Record<RunStateName, PlainKey> = {
  queued: 'run.queued', running: 'run.running', asking: 'run.asking', done: 'run.done', failed: 'run.failed', stopped: 'run.stopped',
}
export const runWord = (run: Pick<Run, 'state' | 'faults'>): string => (run.state === 'done' && run.faults > 0 ? t('run.done_with_faults') : t(RUN_WORDS[run.state]))

export function runShape(run: Pick<Run, 'state' | 'faults'>): Shape {
  if (run.state === 'asking') return 'high'
  if (run.state === 'failed') return 'critical'
  if (run.state === 'done') return run.faults > 0 ? 'medium' : 'safe'
  return run.state === 'stopped' ? 'medium' : 'unknown'
}

const STEP_SHAPES: Record<RunStepState, Shape> = { open: 'low', asking: 'high', done: 'safe', failed: 'critical', skipped: 'unknown', stopped: 'unknown' }
export const stepShape = (state: RunStepState): Shape => STEP_SHAPES[state]
const STEP_WORDS: Record<RunStepState, PlainKey> = {
  open: 'run.step_open', asking: 'run.asking', done: 'run.step_done', failed: 'run.step_failed', skipped: 'run.step_skipped', stopped: 'run.stopped',
}
export const stepWord = (state: RunStepState): string => t(STEP_WORDS[state])
