/** What anybody may know about this installation. */
import type { components } from './schema'
import { request } from './client'

export type About = components['schemas']['About']
export const readAbout = (): Promise<About> => request('GET', 'about/', { keepSession: true })
