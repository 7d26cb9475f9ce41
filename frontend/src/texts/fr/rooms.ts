/** French: the rooms that are loaded when they are opened. */
import type { RoomTexts } from '..'
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

const rooms: RoomTexts = {
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
}

export default rooms
