/** How many texts wait for somebody who says whose they are: one figure for every page that shows it. */
import { countTexts } from '../api/phones'
import { alsoKept } from '../data'
import { Shared } from '../data/shared.svelte'

export const waitingTexts = new Shared<number>(countTexts, 0, (event) => event.kind === 'incoming.changed')
alsoKept(waitingTexts)
