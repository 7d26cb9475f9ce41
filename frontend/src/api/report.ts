/** Reports of plans that ran: addresses and shapes. */
import { request } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

export type Report = Schemas['ActivationReport']
export type ResponseOf = Schemas['ResponseOf']
export type TaskOutcome = Schemas['TaskOutcome']
export type Before = Schemas['Before']

export const readReport = (activation: string, signal?: AbortSignal): Promise<Report> => request('GET', `activations/${activation}/report/`, { signal })
/** What is handed out, in the reader's language; journalled. */
export const reportFile = (activation: string, as: 'pdf' | 'csv'): string => `/api/activations/${activation}/report/${as}/`
