/** The studio's questions about cameras: what their facts allow, what they cost, copying settings, importing a table. */
import { request } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

export type LawfulQuestion = Schemas['LawfulQuestionRequest']
export type LawfulAnswer = Schemas['LawfulAnswer']
export type Ending = Schemas['Ending']
export type Cost = Schemas['Cost']
export type CopyPart = Schemas['PartsEnum']
export type CopyInput = Schemas['CopyInputRequest']
export type CopyOutcome = Schemas['CopyOutcome']
export type ImportPreview = Schemas['ImportPreview']
export type ImportRow = Schemas['ImportRow']
export type ImportedRow = Schemas['ImportedRow']

/** A table as it was chosen or pasted. */
export type ImportTable = Pick<Schemas['TableInputRequest'], 'file' | 'text' | 'create_sites'>

export const askLawful = (facts: LawfulQuestion, signal?: AbortSignal): Promise<LawfulAnswer> => request('POST', 'cameras/lawful/', { body: facts, signal })

export function askCost(settings: { frames_per_second: number; analysis_size: number; camera?: string }, signal?: AbortSignal): Promise<Cost> {
  return request('GET', 'watchers/cost/', { query: settings, signal })
}

export function copySettings(source: string, body: CopyInput, signal?: AbortSignal): Promise<CopyOutcome[]> {
  return request<Schemas['CopyAnswer']>('POST', `cameras/${source}/copy/`, { body, signal }).then((answer) => answer.outcomes)
}

export const previewImport = (table: ImportTable, signal?: AbortSignal): Promise<ImportPreview> => request('POST', 'cameras/import/preview/', { body: table, signal })

export function importLines(table: ImportTable, lines: number[], signal?: AbortSignal): Promise<ImportedRow[]> {
  return request<Schemas['ImportAnswer']>('POST', 'cameras/import/', { body: { ...table, lines }, signal }).then((answer) => answer.rows)
}

export const templateAddress = '/api/cameras/import/template/'
