/** French. The type asks for exactly the keys of the English texts. */
import type { Texts } from '..'
import { alerts } from './alerts'
import { cameras } from './cameras'
import { journal } from './journal'
import { logbook } from './logbook'
import { kit } from './kit'
import { map } from './map'
import { overview } from './overview'
import { people } from './people'
import { profile } from './profile'
import { steps } from './steps'
import { rules } from './rules'
import { sentence } from './sentence'
import { shell } from './shell'
import { statement } from './statement'
import { studio } from './studio'
import { timeline } from './timeline'
import { wall } from './wall'

export const fr: Texts = {
  ...shell,
  ...kit,
  ...people,
  ...profile,
  ...steps,
  ...wall,
  ...alerts,
  ...cameras,
  ...statement,
  ...studio,
  ...timeline,
  ...overview,
  ...rules,
  ...sentence,
  ...logbook,
  ...journal,
  ...map,
}

export default fr
