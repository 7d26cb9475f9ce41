/** The places of who is signed in, as far as is known what there is. */
import { safeguard } from '../lib/pcs.svelte'
import { can } from '../lib/session.svelte'
import { simulation } from '../lib/simulation.svelte'
import { ownGroups, type PlaceGroup } from './places'

class Own {
  readonly groups: readonly PlaceGroup[] = $derived(ownGroups(can, simulation.on === true, can('prepare') || safeguard.any === true))
}

export const own = new Own()
