/** Handovers of a shift: addresses and shapes. */
import { request } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

/** One that waits for its second signature, as lists name it. */
export type HandoverBrief = Schemas['HandoverBrief']
export type HandoverDraft = Schemas['HandoverDraft']
export type Handover = Schemas['HandoverView']
export type HandoverSummary = Schemas['HandoverSummary']

export const listHandovers = (): Promise<HandoverBrief[]> => request('GET', 'handovers/')
/** What stands open where the own shift is, now. */
export const draftHandover = (): Promise<HandoverDraft> => request('GET', 'handovers/draft/')
export const readHandover = (id: string, signal?: AbortSignal): Promise<Handover> => request('GET', `handovers/${id}/`, { signal })
/** Sign first: what was read is given back by its seal. */
export const giveHandover = (text: string, seal: string): Promise<Handover> => request('POST', 'handovers/', { body: { text, seal } })
export const withdrawHandover = (id: string): Promise<Handover> => request('POST', `handovers/${id}/withdraw/`)
/** Sign second, on one's own screen. */
export const takeHandover = (id: string, digest: string): Promise<Handover> => request('POST', `handovers/${id}/take/`, { body: { digest } })
/** Sign second, on the screen of who leaves. */
export const takeHandoverHere = (id: string, digest: string, name: string, password: string): Promise<Handover> =>
  request('POST', `handovers/${id}/take-here/`, { body: { digest, name, password } })
