/** Where the member may do something: rights are held at all sites or at some. */
import type { Right } from '../api/types'
import { session } from '../lib/session.svelte'

/** Whether a right is held at this site. */
export function canAt(right: Right, site: string): boolean {
  const held = session.view?.member.rights.find((one) => one.right === right)
  return held !== undefined && (held.sites === null || held.sites.includes(site))
}
