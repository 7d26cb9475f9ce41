/** Wall display: a page for a screen on the wall, read at 3 m, without anything to click. `?display=wall` in any address. */
import { query, setQuery } from './router.svelte'

export function isWallDisplay(): boolean {
  return query('display') === 'wall'
}

export function setWallDisplay(on: boolean): void {
  setQuery({ display: on ? 'wall' : null })
}
