/** Safeguard plans of towns (plan communal de sauvegarde): addresses and shapes. */
import { request } from './client'
import { all } from './endpoints'
import type { components } from './schema'

type Schemas = components['schemas']

export type PcsBrief = Schemas['PcsBrief']
export type PcsDetail = Schemas['PcsDetail']
export type PcsChange = Omit<Schemas['PatchedPcsChangeRequest'], 'version'>
export type ExerciseKind = Schemas['ExerciseKind']
export type ExerciseInput = Schemas['ExerciseInputRequest']
export type Vulnerable = Schemas['VulnerableView']
export type VulnerableInput = Schemas['VulnerableInputRequest']
export type PcsNamed = Schemas['PcsNamed']
export type CatalogueEntry = Schemas['CatalogueEntry']

export const listPcs = (signal?: AbortSignal): Promise<PcsBrief[]> => all('pcs/', signal)
export const readPcs = (id: string, signal?: AbortSignal): Promise<PcsDetail> => request('GET', `pcs/${id}/`, { signal })
export const beginPcs = (site: string, name: string): Promise<PcsDetail> => request('POST', 'pcs/', { body: { site, name } })
/** A list that is sent replaces the one that stood. */
export const changePcs = (id: string, change: PcsChange & { version: number }): Promise<PcsDetail> => request('PATCH', `pcs/${id}/`, { body: change })
export const addExercise = (id: string, exercise: ExerciseInput): Promise<PcsDetail> => request('POST', `pcs/${id}/exercises/`, { body: exercise })
/** Everybody whom the plan names, what as, and how they are reached. */
export const listPcsDirectory = async (id: string, signal?: AbortSignal): Promise<PcsNamed[]> => (await request<{ results: PcsNamed[] }>('GET', `pcs/${id}/directory/`, { signal })).results
export const pcsPdfAddress = (id: string): string => `/api/pcs/${id}/pdf/`

/** Who is looked after first. Each reading is written in the journal. */
export const listVulnerable = async (id: string, signal?: AbortSignal): Promise<Vulnerable[]> => (await request<{ results: Vulnerable[] }>('GET', `pcs/${id}/vulnerable/`, { signal })).results
export const addVulnerable = (id: string, person: VulnerableInput): Promise<Vulnerable> => request('POST', `pcs/${id}/vulnerable/`, { body: person })
export const changeVulnerable = (id: string, person: string, change: VulnerableInput & { version: number }): Promise<Vulnerable> => request('PATCH', `pcs/${id}/vulnerable/${person}/`, { body: change })
export const removeVulnerable = (id: string, person: string): Promise<void> => request('DELETE', `pcs/${id}/vulnerable/${person}/`)

/** The risks that a reflex sheet may answer. */
export const listCatalogueRisks = async (signal?: AbortSignal): Promise<CatalogueEntry[]> => (await request<Schemas['RiskCatalogue']>('GET', 'risk-catalogue/', { signal })).risks
