/** Whether the organisation has a town's safeguard plan: only then is it worth a place in the rail for those who only read. */
import { request } from '../api/client'
import { onLeft } from './session.svelte'

class Known {
  /** `null` until it is known. */
  any = $state<boolean | null>(null)
}
export const safeguard = new Known()

/** Ask the server, once a page and member. */
export async function askWhetherSafeguard(): Promise<void> {
  if (safeguard.any !== null) return
  try {
    safeguard.any = (await request<{ count: number }>('GET', 'pcs/', { query: { page_size: 1 } })).count > 0
  } catch {
    // Asked again when the rail is next set up; the address works all the same.
  }
}

onLeft(() => (safeguard.any = null))
