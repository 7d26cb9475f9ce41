/** Everything at a glance, as `/api/overview/` has it. */
import { request } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

export type Overview = Schemas['Overview']
export type Attention = Schemas['Attention']
export type SiteTimes = Schemas['SiteTimes']
export type WatchLoad = Schemas['WatchLoad']

export const readOverview = (signal?: AbortSignal): Promise<Overview> => request('GET', 'overview/', { signal })
