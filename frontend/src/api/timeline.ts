/** A stretch of time of the cameras, as `/api/timeline/` has it. */
import { request } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

export type Timeline = Schemas['Timeline']
export type TimelineLane = Schemas['TimelineLane']
export type TimelineAlert = Schemas['TimelineAlert']
export type TimelineOutage = Schemas['TimelineOutage']

export interface TimelineFilter {
  site?: string
  camera?: string
  rule?: string
  severity?: string[]
  state?: string[]
}

export interface TimelineTime {
  day?: string
  since?: string
  until?: string
}

export interface Fineness {
  /** So many pieces where there is too much. */
  bins?: number
  /** Too much is more than this. */
  most?: number
}

export function readTimeline(time: TimelineTime, filter: TimelineFilter, fineness: Fineness = {}, signal?: AbortSignal): Promise<Timeline> {
  const asked = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...time, ...filter, ...fineness })) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined && one !== '') asked.append(name, String(one))
  }
  return request('GET', `timeline/?${asked.toString()}`, { signal })
}
