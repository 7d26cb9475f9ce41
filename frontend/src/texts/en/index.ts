/** English. Every screen's sentences, one file a room. */
import { alerts } from './alerts'
import { shell } from './shell'
import { studio } from './studio'
import { wall } from './wall'

export const en = { ...shell, ...wall, ...alerts, ...studio } as const
