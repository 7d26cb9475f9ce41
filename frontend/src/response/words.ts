/** How plans are said: kinds of steps, channels, audiences, states, times. */
import type { Audience, Channel, Group, PlanHole, PlanMark, PlanStep, RefKind } from '../api/response'
import { counted, LANGUAGES, t } from '../lib/language.svelte'
import type { PlainKey } from '../texts'
import type { StepKind } from './content'
import type { Lane, Moment } from './lanes'

const KINDS: Record<StepKind, PlainKey> = { message: 'plan_step.kind_message', instruction: 'plan_step.kind_instruction', devices: 'plan_step.kind_devices', emergency: 'plan_step.kind_emergency', task: 'plan_step.kind_task' }
export const kindWord = (kind: StepKind): string => t(KINDS[kind])

export const CHANNELS: readonly Channel[] = ['app', 'push', 'sms', 'voice', 'email']
const CHANNEL_WORDS: Record<Channel, PlainKey> = { app: 'plan_way.app', push: 'plan_way.push', sms: 'plan_way.sms', voice: 'plan_way.voice', email: 'plan_way.email' }
export const channelWord = (channel: Channel): string => t(CHANNEL_WORDS[channel])

export const ROLES = ['agent', 'supervisor', 'administrator', 'auditor', 'responder'] as const
const ROLE_WORDS: Record<(typeof ROLES)[number], PlainKey> = { agent: 'plan_whom.agent', supervisor: 'plan_whom.supervisor', administrator: 'plan_whom.administrator', auditor: 'plan_whom.auditor', responder: 'plan_whom.responder' }

export type Names = (kind: RefKind, id: string) => string | undefined

export function groupWord(group: Group, names: Names): string {
  const named = (kind: RefKind, id: string): string => names(kind, id) ?? t('plan_whom.hidden')
  switch (group.kind) {
    case 'role':
      return t(ROLE_WORDS[group.role])
    case 'profile':
      return t('plan_whom.of_profile', { name: named('profile', group.profile) })
    case 'list':
      return t('plan_whom.on_list', { name: named('list', group.list) })
    case 'people':
      return group.people.map((id) => named('person', id)).join(', ')
    case 'site':
      return t('plan_whom.of_site', { name: named('site', group.site) })
    case 'on_call':
      return t('plan_whom.on_call', { name: named('schedule', group.schedule) })
    case 'area':
      return group.name ? t('plan_whom.in_named', { name: group.name }) : counted('plan_whom.in_area', group.outline.length)
  }
}

export function audienceWord(audience: Audience, names: Names): string {
  const groups = audience.groups.map((group) => groupWord(group, names)).join(', ')
  return groups === '' ? t('plan_whom.nobody') : groups
}

const LANE_WORDS: Record<Exclude<Lane['kind'], 'people'>, PlainKey> = { screens: 'plan_lane.screens', devices: 'plan_lane.devices', emergency: 'plan_lane.emergency', tasks: 'plan_lane.tasks' }
export const laneWord = (lane: Lane, names: Names): string => (lane.kind === 'people' && lane.first.kind === 'message' ? audienceWord(lane.first.to, names) : lane.kind === 'people' ? '' : t(LANE_WORDS[lane.kind]))

/** `at once`, `2 min`, `1 h 30 min`. */
export function delayWord(seconds: number): string {
  if (seconds === 0) return t('plan_time.at_once')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const rest = seconds % 60
  return [hours > 0 ? `${hours}\u00a0h` : '', minutes > 0 ? `${minutes}\u00a0min` : '', rest > 0 ? `${rest}\u00a0s` : ''].filter((part) => part !== '').join(' ')
}
export const momentWord = (moment: Moment): string => (moment === null ? t('plan_time.by_hand') : delayWord(moment))

/** What a step does, in a few words below its name. */
export function stepNote(step: PlanStep): string {
  switch (step.kind) {
    case 'message':
      return step.ways.map((way) => channelWord(way.channel)).join(', ')
    case 'instruction':
      return t('plan_step.note_instruction')
    case 'devices':
      return t('plan_step.note_devices')
    case 'emergency':
      return t(`plan_step.how_${step.how}`)
    case 'task':
      return step.within_s > 0 ? t('plan_step.note_task_within', { role: step.role, time: delayWord(step.within_s) }) : step.role
  }
}

const STATES: Record<PlanMark['state'], PlainKey> = { draft: 'response.state_draft', in_review: 'response.state_in_review', approved: 'response.state_approved', superseded: 'response.state_superseded' }
export const stateWord = (state: PlanMark['state']): string => t(STATES[state])

/** What a language is called in itself where the page speaks it, else in the browser's words. */
export function languageName(code: string): string {
  const own = LANGUAGES.find((one) => one.code === code)?.name
  if (own !== undefined) return own
  try {
    return new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code
  } catch {
    return code
  }
}

const RANK: Record<PlanHole['weight'], number> = { stops: 0, warns: 1, tells: 2 }
export const heaviestFirst = (holes: readonly PlanHole[]): PlanHole[] => [...holes].sort((one, other) => RANK[one.weight] - RANK[other.weight])
