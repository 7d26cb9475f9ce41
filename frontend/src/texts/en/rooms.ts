/** English: the rooms that are loaded when they are opened. */
import { cameras } from './cameras'
import { journal } from './journal'
import { kit } from './kit'
import { logbook } from './logbook'
import { map } from './map'
import { people } from './people'
import { profile } from './profile'
import { rules } from './rules'
import { sentence } from './sentence'
import { statement } from './statement'
import { steps } from './steps'

export const rooms = {
  ...cameras,
  ...journal,
  ...kit,
  ...logbook,
  ...map,
  ...people,
  ...profile,
  ...rules,
  ...sentence,
  ...statement,
  ...steps,
} as const

export default rooms
