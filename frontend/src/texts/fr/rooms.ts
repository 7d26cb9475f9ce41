/** French: the rooms that are loaded when they are opened. */
import type { RoomTexts } from '..'
import { cameras } from './cameras'
import { journal } from './journal'
import { kit } from './kit'
import { logbook } from './logbook'
import { map } from './map'
import { overview } from './overview'
import { people } from './people'
import { profile } from './profile'
import { rules } from './rules'
import { sentence } from './sentence'
import { statement } from './statement'
import { steps } from './steps'
import { timeline } from './timeline'

const rooms: RoomTexts = {
  ...cameras,
  ...journal,
  ...kit,
  ...logbook,
  ...map,
  ...overview,
  ...people,
  ...profile,
  ...rules,
  ...sentence,
  ...statement,
  ...steps,
  ...timeline,
}

export default rooms
