/** Duty and the logbook: addresses and shapes. */
import { request } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

export type Duty = Schemas['DutyView']

export const listDuty = (): Promise<Duty[]> => request('GET', 'duty/')
/** Take up duty, at a site or (null) at all of them. */
export const takeUpDuty = (site: string | null): Promise<Duty> => request('POST', 'duty/', { body: { site } })
export const endDuty = (): Promise<void> => request('DELETE', 'duty/')
