/** English: the rooms that are loaded when they are opened. */
import { audits } from './audits'
import { cameras } from './cameras'
import { incoming } from './incoming'
import { crisis } from './crisis'
import { devices } from './devices'
import { directory } from './directory'
import { entrances } from './entrances'
import { journal } from './journal'
import { kit } from './kit'
import { logbook } from './logbook'
import { map } from './map'
import { onCall } from './on_call'
import { overview } from './overview'
import { pcs } from './pcs'
import { people } from './people'
import { phones } from './phones'
import { profile } from './profile'
import { providers } from './providers'
import { report } from './report'
import { responder } from './responder'
import { response } from './response'
import { rules } from './rules'
import { scripts } from './scripts'
import { sentence } from './sentence'
import { statement } from './statement'
import { steps } from './steps'
import { timeline } from './timeline'
import { voice } from './voice'

export const rooms = {
  ...audits,
  ...cameras,
  ...incoming,
  ...crisis,
  ...devices,
  ...directory,
  ...entrances,
  ...journal,
  ...kit,
  ...logbook,
  ...map,
  ...onCall,
  ...overview,
  ...pcs,
  ...people,
  ...phones,
  ...profile,
  ...providers,
  ...report,
  ...responder,
  ...response,
  ...rules,
  ...scripts,
  ...sentence,
  ...statement,
  ...steps,
  ...timeline,
  ...voice,
} as const

export default rooms
