/** The list of cameras, narrowed by words, site, state and what is lacking. Pure. */
import type { Camera, Site } from '../../api/types'
import { searchable } from '../shared/search'
import { lacksOf, type Lack } from './standing'

export const STATES = ['live', 'down', 'unwatched', 'connecting'] as const
export type StateFilter = (typeof STATES)[number]
export const LACKS = ['law', 'off', 'down', 'zones', 'ending'] as const satisfies readonly Lack[]

export interface ListFilter {
  words: string
  site: string
  state: string
  lack: string
}

export function narrowed(cameras: readonly Camera[], sites: readonly Pick<Site, 'id' | 'name'>[], filter: ListFilter): Camera[] {
  const words = searchable(filter.words).split(/\s+/).filter(Boolean)
  const names = new Map(sites.map((site) => [site.id, site.name]))
  return cameras.filter((camera) => {
    if (filter.site !== '' && camera.site !== filter.site) return false
    if (filter.state !== '' && (camera.enabled ? camera.status.state : 'unwatched') !== filter.state) return false
    if (filter.lack !== '' && !lacksOf(camera).some((lack) => lack === filter.lack)) return false
    const text = searchable(`${camera.name} ${names.get(camera.site) ?? ''} ${camera.address} ${camera.purpose}`)
    return words.every((word) => text.includes(word))
  })
}
