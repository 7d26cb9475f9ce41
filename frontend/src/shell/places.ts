/** Where the rail leads: a group for those who watch, one for those who set up, one for those who check. */
import Bell from '@lucide/svelte/icons/bell'
import Cctv from '@lucide/svelte/icons/cctv'
import ChartGantt from '@lucide/svelte/icons/chart-gantt'
import Gauge from '@lucide/svelte/icons/gauge'
import LayoutGrid from '@lucide/svelte/icons/layout-grid'
import MapIcon from '@lucide/svelte/icons/map'
import MapPin from '@lucide/svelte/icons/map-pin'
import NotebookPen from '@lucide/svelte/icons/notebook-pen'
import ScrollText from '@lucide/svelte/icons/scroll-text'
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal'
import Users from '@lucide/svelte/icons/users'
import type { Component } from 'svelte'
import type { Right } from '../api/types'
import type { PlainKey } from '../texts'

export interface Place {
  href: string
  text: PlainKey
  icon: Component
  right?: Right
  /** Only this very address, not what lies below it. */
  exact?: boolean
}

export interface PlaceGroup {
  key: 'watch' | 'studio' | 'audit'
  name: PlainKey
  places: readonly Place[]
}

// In each group the order is the order of use: on a phone the first four stand in the bar, the rest behind "More".
export const GROUPS: readonly PlaceGroup[] = [
  {
    key: 'watch',
    name: 'places.watch',
    places: [
      { href: '/', text: 'console.title', icon: LayoutGrid, exact: true },
      { href: '/alerts', text: 'alerts.title', icon: Bell, right: 'see_alerts' },
      { href: '/map', text: 'map.title', icon: MapIcon, right: 'see_sites' },
      { href: '/timeline', text: 'timeline.title', icon: ChartGantt, right: 'see_alerts' },
      { href: '/overview', text: 'overview.title', icon: Gauge, right: 'see_overview' },
      { href: '/logbook', text: 'logbook.title', icon: NotebookPen, right: 'see_logbook' },
    ],
  },
  {
    key: 'studio',
    name: 'places.studio',
    places: [
      { href: '/studio/sites', text: 'sites.title', icon: MapPin, right: 'manage_sites' },
      { href: '/studio/cameras', text: 'cameras.title', icon: Cctv, right: 'see_cameras' },
      { href: '/studio/rules', text: 'rules.title', icon: SlidersHorizontal, right: 'see_rules' },
      { href: '/studio/people', text: 'people.title', icon: Users, right: 'see_people' },
    ],
  },
  { key: 'audit', name: 'places.audit', places: [{ href: '/journal', text: 'journal.title', icon: ScrollText, right: 'see_journal' }] },
]

/** The groups that are not empty for somebody, with only the places that are theirs. */
export function ownGroups(can: (right: Right) => boolean): PlaceGroup[] {
  return GROUPS.map((group) => ({ ...group, places: group.places.filter((place) => place.right === undefined || can(place.right)) })).filter((group) => group.places.length > 0)
}

export function isHere(place: Place, path: string): boolean {
  return place.exact === true ? path === place.href : path === place.href || path.startsWith(`${place.href}/`)
}
