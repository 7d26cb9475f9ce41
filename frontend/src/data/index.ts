/** What several screens read, each list once for the whole page. `sites.use()` when a screen is set up, then `sites.value`. */
import { listAlertPlaces, listPlans, type AlertPlace, type FloorPlan } from '../api/places'
import { listMembers, listSites, readWatchers } from '../api/endpoints'
import { listHandovers, type HandoverBrief } from '../api/handover'
import { listCategories, listDuty, type Duty, type LogbookCategory } from '../api/logbook'
import type { Member, Site, WatchersView } from '../api/types'
import { listUnderWay, type ActivationBrief } from '../api/under-way'
import { onLeft, session } from '../lib/session.svelte'
import { Cameras } from './cameras.svelte'
import { labels } from './labels.svelte'
import { seldom } from './seldom'
import { Shared } from './shared.svelte'
import { walls } from './walls.svelte'

// What the watchers have room for moves with the cameras' states.
export const cameras: Cameras = new Cameras(() => watchers.refresh())
export const sites = new Shared<readonly Site[]>(listSites, [], (event) => event.kind === 'site.changed')
export const members = new Shared<readonly Member[]>(listMembers, [], (event) => event.kind === 'member.changed')
export const watchers = new Shared<WatchersView | null>(readWatchers, null, (event) => event.kind === 'camera.changed')
/** Who is on duty now, the longest first. */
export const duty = new Shared<readonly Duty[]>(listDuty, [], (event) => event.kind === 'duty.changed')
/** What entries of the logbook may be about, in the organisation's order; those that are no longer offered too. */
export const logbookCategories = new Shared<readonly LogbookCategory[]>(listCategories, [], (event) => event.kind === 'logbook.categories')
/** The handovers that wait for their second signature, the longest first. */
export const handovers = new Shared<readonly HandoverBrief[]>(listHandovers, [], (event) => event.kind === 'handover.changed')

/** The own shift under way, once `duty` is here. */
export function ownDuty(): Duty | undefined {
  return duty.value.find((one) => one.member.id === session.view?.member.id)
}

/** The own handover of that shift. One of a shift before may still wait for its second signature; it stands in no one's way. */
export function ownHandover(): HandoverBrief | undefined {
  const since = ownDuty()?.since
  return since === undefined ? undefined : handovers.value.find((one) => one.given.member.id === session.view?.member.id && Date.parse(one.given.at) >= Date.parse(since))
}

export const floorPlans = new Shared<readonly FloorPlan[]>(listPlans, [], (event) => event.kind === 'plan.changed')
/** Where alerts stand now. Many alerts at once are one question. */
export const alertPlaces = new Shared<readonly AlertPlace[]>(seldom(listAlertPlaces, 1000), [], (event) => event.kind === 'alert.raised' || event.kind === 'alert.changed')

/** The plans that ask or are under way, the newest first. */
export const underWay = new Shared<readonly ActivationBrief[]>(listUnderWay, [], (event) => event.kind === 'activation.changed')

/** What is in the page of lists like these. */
interface Kept {
  refresh(): void
  forget(): void
}

const all: Kept[] = [cameras, sites, members, watchers, duty, logbookCategories, handovers, labels, walls, floorPlans, alertPlaces, underWay]

/** Lists of a room's own, which are refreshed and forgotten with the others. */
export function alsoKept(...lists: readonly Kept[]): void {
  all.push(...lists)
}

/** The server's sentences come in the reader's language: read again what has been read. */
export function refreshAll(): void {
  for (const one of all) one.refresh()
}

onLeft(() => {
  for (const one of all) one.forget()
})
