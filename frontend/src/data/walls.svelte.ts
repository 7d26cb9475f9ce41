/** The member's own walls and the shared ones; kept true by the feed. */
import { listWalls, type Wall } from '../api/walls'
import { Shared } from './shared.svelte'

export const walls = new Shared<readonly Wall[]>(listWalls, [], (event) => event.kind === 'wall.changed')
