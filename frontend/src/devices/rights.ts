/** Where the member may prepare scripts: one for all sites takes the right at all of them. */
import type { Script } from '../api/devices'
import { canAt } from '../crisis/rights'
import { canEverywhere } from '../lib/session.svelte'

export const mayChange = (script: Pick<Script, 'site'>): boolean => (script.site === null ? canEverywhere('prepare') : canAt('prepare', script.site.id))
