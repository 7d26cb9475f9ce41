/** French: the frame and the first screens. The type asks for exactly the keys of the English texts. */
import type { FirstTexts } from '..'
import { alerts } from './alerts'
import { frame } from './frame'
import { shell } from './shell'
import { studio } from './studio'
import { wall } from './wall'

export const fr: FirstTexts = {
  ...shell,
  ...frame,
  ...wall,
  ...alerts,
  ...studio,
}

export default fr
