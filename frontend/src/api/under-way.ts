/** The plans that ask or are under way: the little that the frame of every page needs of activations. */
import { request } from './client'
import type { components } from './schema'
import type { CursorPage } from './types'

/** An activation as lists name it. */
export type ActivationBrief = components['schemas']['ActivationBrief']

export async function listUnderWay(signal?: AbortSignal): Promise<ActivationBrief[]> {
  const page: CursorPage<ActivationBrief> = await request('GET', 'activations/?state=asking&state=running&page_size=100', { signal })
  return page.results
}
