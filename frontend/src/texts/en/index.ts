/** English: the frame and the first screens, one file a room. What other rooms say is in `rooms.ts` and comes with them. */
import { alerts } from './alerts'
import { frame } from './frame'
import { shell } from './shell'
import { studio } from './studio'
import { wall } from './wall'

export const en = {
  ...shell,
  ...frame,
  ...wall,
  ...alerts,
  ...studio,
} as const

export default en
