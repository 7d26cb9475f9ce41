/** The page's one live hub. */
import { leave, loadSession } from '../lib/session.svelte'
import { NOT_SIGNED_IN } from '../lib/steady-socket'
import { LiveHub } from './hub'

export const live = new LiveHub({
  onRefused: (code) => {
    if (code === NOT_SIGNED_IN) leave(true)
    else void loadSession()
  },
})
