/** Places: sites on the map, floor plans, and where alerts stand now. */
import { request } from './client'
import { all } from './endpoints'
import type { components } from './schema'
import type { Corner, Site } from './types'

type Schemas = components['schemas']
export type AlertPlace = Schemas['AlertPlace']
export type PlacedCamera = Required<Schemas['PlacedCamera']>

export interface PlanArea {
  name: string
  polygon: Corner[]
  zone: string | null
}
export type FloorPlan = Omit<Required<Schemas['FloorPlan']>, 'areas' | 'cameras'> & { areas: PlanArea[]; cameras: PlacedCamera[] }

export interface SiteInput {
  name: string
  address: string
  latitude: number | null
  longitude: number | null
}

/** What of a plan its editor saves. */
export interface PlanInput {
  name: string
  level: number
  cameras: PlacedCamera[]
  areas: PlanArea[]
}

export const listAlertPlaces = (signal?: AbortSignal): Promise<AlertPlace[]> => request('GET', 'alerts/places/', { signal })
export const addSite = (site: SiteInput): Promise<Site> => request('POST', 'sites/', { body: site })
export const changeSite = (id: string, site: Partial<SiteInput> & { version: number }): Promise<Site> => request('PATCH', `sites/${id}/`, { body: site })

export const listPlans = (signal?: AbortSignal): Promise<FloorPlan[]> => all('floor-plans/', signal)
export const changePlan = (id: string, plan: Partial<PlanInput> & { version: number }): Promise<FloorPlan> => request('PATCH', `floor-plans/${id}/`, { body: plan })
export const removePlan = (id: string): Promise<void> => request('DELETE', `floor-plans/${id}/`)

export function addPlan(site: string, name: string, level: number, picture: File): Promise<FloorPlan> {
  return request('POST', 'floor-plans/', { body: form({ site, name, level: String(level), picture }) })
}
export function changePlanPicture(plan: Pick<FloorPlan, 'id' | 'version'>, picture: File): Promise<FloorPlan> {
  return request('POST', `floor-plans/${plan.id}/picture/`, { body: form({ version: String(plan.version), picture }) })
}
/** The address of a plan's picture; another one after each change of it. */
export const planPicture = (plan: Pick<FloorPlan, 'id' | 'sha256'>): string => `/api/floor-plans/${plan.id}/picture/?of=${plan.sha256.slice(0, 12)}`

function form(parts: Record<string, string | File>): FormData {
  const made = new FormData()
  for (const [name, value] of Object.entries(parts)) made.set(name, value)
  return made
}
