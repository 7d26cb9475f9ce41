/** What is spoken: recordings, and who speaks live. */
import { request } from './client'
import type { components } from './schema'
import type { Page } from './types'

export type Talk = components['schemas']['TalkView']
export type SoundRecording = components['schemas']['SoundRecordingView']

export const listTalks = (): Promise<Talk[]> => request('GET', 'me/talks/')

/** The newest recordings of a site in a language. */
export const listRecordings = async (site: string, language: string): Promise<SoundRecording[]> =>
  (await request<Page<SoundRecording>>('GET', 'sound-recordings/', { query: { site, language, page_size: 100 } })).results

export interface NewRecording {
  site: string
  language: string
  /** What it says, in writing. */
  text: string
  origin: 'uploaded' | 'made'
  sound: Blob
}
/** Keep a recording; the server refuses, in a sentence, what is too long or no sound. */
export function keepRecording({ sound, ...fields }: NewRecording): Promise<SoundRecording> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('sound', sound, sound instanceof File ? sound.name : 'recording')
  return request('POST', 'sound-recordings/', { body: form })
}
/** Where a recording is heard. */
export const soundOf = (id: string): string => `/api/sound-recordings/${id}/sound/`
