/** Whether somebody is being led: shown by itself on the first sign-in, and the way back while a step is done elsewhere. */
import { cameras } from '../data'
import { navigate, path } from '../lib/router.svelte'
import { can, session } from '../lib/session.svelte'

export const FIRST_STEPS = '/first-steps'
const KEPT = 'vigie.first-steps'

class Guide {
  /** A step is being done on its own screen: the frame shows the way back. */
  away = $state(read())
}
export const guide = new Guide()

/** Leave for a step's own screen, or come back. */
export function lead(away: boolean): void {
  guide.away = away
  try {
    if (away) sessionStorage.setItem(KEPT, 'away')
    else sessionStorage.removeItem(KEPT)
  } catch {
    // It then lasts as long as the page.
  }
}

/** Who may set everything up; others are not led. */
export function mayBegin(): boolean {
  return can('manage_sites') && can('manage_cameras') && can('manage_rules')
}

let welcomed = false

/** Once a page: an administrator who comes to an empty wall, and has not left the first steps, is led to them. */
export function welcome(): void {
  if (welcomed || session.phase !== 'in' || path() !== '/' || !mayBegin() || session.view?.member.first_steps_left !== false) return
  cameras.use()
  if (cameras.phase !== 'ready') return
  welcomed = true
  if (cameras.value.length === 0) navigate(FIRST_STEPS, { replace: true })
}

function read(): boolean {
  try {
    return sessionStorage.getItem(KEPT) === 'away'
  } catch {
    return false
  }
}
