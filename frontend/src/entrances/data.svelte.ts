/** What the room of ways in reads. */
import { listCapSenders, listEntrances, type CapSender, type EntranceList } from '../api/entrances'
import { alsoKept } from '../data'
import { seldom } from '../data/seldom'
import { Shared } from '../data/shared.svelte'

export const entrances = new Shared<EntranceList>(seldom(listEntrances, 1000), { results: [], numbers: [], webhook: '' }, (event) => event.kind === 'entrance.changed' || event.kind === 'response_plan.changed')
export const senders = new Shared<readonly CapSender[]>(listCapSenders, [])
alsoKept(entrances, senders)
