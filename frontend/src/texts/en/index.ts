/** English: the frame and the first screens, one file a room. What other rooms say is in `rooms.ts` and comes with them. */
import { alerts } from './alerts'
import { overview } from './overview'
import { frame } from './frame'
import { shell } from './shell'
import { studio } from './studio'
import { timeline } from './timeline'
import { wall } from './wall'

export const en = {
  ...shell,
  ...frame,
  ...wall,
  ...alerts,
  ...studio,
  ...timeline,
  ...overview,
} as const

export default en
