/** Who is on call: schedules, their rotations and overrides; addresses and shapes. */
import { request } from './client'
import { all } from './endpoints'
import type { components } from './schema'
import type { Hours } from './types'

type Schemas = components['schemas']

export type Standing = Schemas['Standing']
export type Shift = Schemas['OnCallShift']
export type OnCallPerson = Schemas['OnCallPerson']
export type Calendar = Schemas['Calendar']
export type Gap = Schemas['Gap']
export type Schedule = Schemas['Schedule']
export type ScheduleInput = Schemas['ScheduleInputRequest']
export type Rotation = Schemas['Rotation']
export type RotationInput = Required<Schemas['RotationInputRequest']> & { hours: Hours[] }
export type TurnKind = Schemas['RotationKindEnum']
export type Override = Schemas['Override']
export type OverrideInput = Schemas['OverrideInputRequest']

/** Who is on call now, by each schedule within reach. */
export const listStandings = (signal?: AbortSignal): Promise<Standing[]> => all('on-call/', signal)
export const readSchedule = (id: string, signal?: AbortSignal): Promise<Schedule> => request('GET', `schedules/${id}/`, { signal })
export const addSchedule = (schedule: ScheduleInput): Promise<Schedule> => request('POST', 'schedules/', { body: schedule })
export const changeSchedule = (id: string, change: Partial<ScheduleInput> & { version: number }): Promise<Schedule> => request('PATCH', `schedules/${id}/`, { body: change })
export const removeSchedule = (id: string): Promise<void> => request('DELETE', `schedules/${id}/`)

/** Who is on call between two instants, and when nobody is. */
export const readCalendar = (id: string, since: Date, until: Date, signal?: AbortSignal): Promise<Calendar> =>
  request('GET', `schedules/${id}/shifts/`, { query: { since: since.toISOString(), until: until.toISOString() }, signal })

export const listRotations = (schedule: string, signal?: AbortSignal): Promise<Rotation[]> => request('GET', `schedules/${schedule}/rotations/`, { signal })
export const readRotation = (schedule: string, id: string, signal?: AbortSignal): Promise<Rotation> => request('GET', `schedules/${schedule}/rotations/${id}/`, { signal })
export const addRotation = (schedule: string, rotation: RotationInput): Promise<Rotation> => request('POST', `schedules/${schedule}/rotations/`, { body: rotation })
export const changeRotation = (schedule: string, id: string, change: Partial<RotationInput> & { version: number }): Promise<Rotation> => request('PATCH', `schedules/${schedule}/rotations/${id}/`, { body: change })
export const removeRotation = (schedule: string, id: string): Promise<void> => request('DELETE', `schedules/${schedule}/rotations/${id}/`)

/** The overrides that are not over. */
export const listOverrides = (schedule: string, signal?: AbortSignal): Promise<Override[]> => all(`schedules/${schedule}/overrides/`, signal)
export const addOverride = (schedule: string, override: OverrideInput): Promise<Override> => request('POST', `schedules/${schedule}/overrides/`, { body: override })
export const changeOverride = (schedule: string, id: string, change: Partial<OverrideInput> & { version: number }): Promise<Override> => request('PATCH', `schedules/${schedule}/overrides/${id}/`, { body: change })
/** One under way ends now; one to come is taken away. */
export const endOverride = (schedule: string, id: string): Promise<void> => request('DELETE', `schedules/${schedule}/overrides/${id}/`)
