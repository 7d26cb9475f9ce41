/** Where the rail leads: a group for those who watch, one for those who set up, one for those who check. */
import Bell from '@lucide/svelte/icons/bell'
import Cctv from '@lucide/svelte/icons/cctv'
import BookUser from '@lucide/svelte/icons/book-user'
import CalendarClock from '@lucide/svelte/icons/calendar-clock'
import ChartGantt from '@lucide/svelte/icons/chart-gantt'
import ClipboardList from '@lucide/svelte/icons/clipboard-list'
import DoorOpen from '@lucide/svelte/icons/door-open'
import Gauge from '@lucide/svelte/icons/gauge'
import Landmark from '@lucide/svelte/icons/landmark'
import LayoutGrid from '@lucide/svelte/icons/layout-grid'
import MapIcon from '@lucide/svelte/icons/map'
import MapPin from '@lucide/svelte/icons/map-pin'
import LogIn from '@lucide/svelte/icons/log-in'
import Megaphone from '@lucide/svelte/icons/megaphone'
import NotebookPen from '@lucide/svelte/icons/notebook-pen'
import ShieldAlert from '@lucide/svelte/icons/shield-alert'
import RadioTower from '@lucide/svelte/icons/radio-tower'
import ScrollText from '@lucide/svelte/icons/scroll-text'
import Smartphone from '@lucide/svelte/icons/smartphone'
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
  /** Only where messages to people are simulated. */
  simulated?: true
  /** Only where there is a town's safeguard plan, or somebody who may begin one. */
  safeguard?: true
  /** Only this very address, not what lies below it. */
  exact?: boolean
  /** The place in whose row of rooms it stands, instead of the rail. */
  beside?: string
}

export interface PlaceGroup {
  key: 'watch' | 'crisis' | 'studio' | 'audit'
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
      { href: '/crisis', text: 'crisis.title', icon: Megaphone, right: 'see_crisis' },
      { href: '/timeline', text: 'timeline.title', icon: ChartGantt, right: 'see_alerts' },
      { href: '/overview', text: 'overview.title', icon: Gauge, right: 'see_overview' },
      { href: '/logbook', text: 'logbook.title', icon: NotebookPen, right: 'see_logbook' },
    ],
  },
  {
    key: 'crisis',
    name: 'places.crisis',
    places: [
      { href: '/crisis/plans', text: 'response.title', icon: ClipboardList, right: 'see_crisis' },
      { href: '/crisis/audits', text: 'audits.title', icon: ShieldAlert, right: 'see_crisis', beside: '/crisis/plans' },
      { href: '/crisis/entrances', text: 'entrances.title', icon: LogIn, right: 'see_crisis', beside: '/crisis/plans' },
      { href: '/crisis/pcs', text: 'pcs.title', icon: Landmark, right: 'see_crisis', safeguard: true, beside: '/crisis/plans' },
      { href: '/people/directory', text: 'directory.title', icon: BookUser, right: 'see_directory' },
      { href: '/people/on-call', text: 'on_call.title', icon: CalendarClock, right: 'see_on_call', beside: '/people/directory' },
      { href: '/crisis/channels', text: 'providers.place', icon: RadioTower, right: 'manage_channels', beside: '/people/directory' },
      { href: '/crisis/devices', text: 'devices.title', icon: DoorOpen, right: 'see_crisis' },
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
      { href: '/simulated-phones', text: 'phones.place', icon: Smartphone, right: 'direct', simulated: true },
    ],
  },
  { key: 'audit', name: 'places.audit', places: [{ href: '/journal', text: 'journal.title', icon: ScrollText, right: 'see_journal' }] },
]

/** The groups that are not empty for somebody, with only the places that are theirs. What stands beside a place that is not, stands in the rail. */
export function ownGroups(can: (right: Right) => boolean, simulated = false, safeguard = false): PlaceGroup[] {
  const offered = (place: Place): boolean => (place.right === undefined || can(place.right)) && (place.simulated !== true || simulated) && (place.safeguard !== true || safeguard)
  const hrefs = new Set(GROUPS.flatMap((group) => group.places).filter(offered).map((place) => place.href))
  const standing = ({ beside, ...place }: Place): Place => (beside !== undefined && hrefs.has(beside) ? { ...place, beside } : place)
  return GROUPS.map((group) => ({ ...group, places: group.places.filter(offered).map(standing) })).filter((group) => group.places.length > 0)
}

const leadsTo = (place: Place, path: string): boolean => path === place.href || (place.exact !== true && path.startsWith(`${place.href}/`))

/** The place where one is: of those that fit, the nearest, so that a room below another does not light both up. */
export function hereOf(places: readonly Place[], path: string): Place | undefined {
  return places.filter((place) => leadsTo(place, path)).sort((one, other) => other.href.length - one.href.length)[0]
}

/** The rooms that stand in a row with one: the place of the rail, then what is beside it. None where it stands alone. */
export function rowOf(places: readonly Place[], here: Place | undefined): readonly Place[] {
  if (here === undefined) return []
  const first = here.beside ?? here.href
  const row = places.filter((place) => place.href === first || place.beside === first)
  return row.length > 1 ? row : []
}
