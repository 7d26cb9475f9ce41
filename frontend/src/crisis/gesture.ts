/** The two gestures by which a plan starts: how long the first one holds, and what it shows in words. */
import type { Channel, Prepared } from '../api/activations'
import { counted, language, t, tagOf } from '../lib/language.svelte'
import { CHANNELS, channelWord } from './words'

/** How long the server lets a first gesture hold, milliseconds. */
export const GOOD_FOR = 30_000
/** The second gesture is not taken before: a double click is one gesture, not two. */
export const PAUSE = 1_000

/**
 * Until when the second gesture counts, on this computer's clock. A clock that is wrong by more than a moment must not stop
 * anybody from starting a plan: then it is counted from when the answer came, and the server has the last word.
 */
export function goodUntil(prepared: Pick<Prepared, 'good_until'>, received: number): number {
  const told = Date.parse(prepared.good_until)
  return told > received + GOOD_FOR / 2 && told <= received + GOOD_FOR + 2_000 ? told : received + GOOD_FOR
}

/** `app, SMS and voice call` */
export function channelList(channels: readonly Channel[]): string {
  const words = CHANNELS.filter((one) => channels.includes(one)).map((one) => (one === 'sms' ? channelWord(one) : channelWord(one).toLocaleLowerCase(language())))
  return new Intl.ListFormat(tagOf(language()), { type: 'conjunction' }).format(words)
}

export interface Prospect {
  kind: 'people' | 'real' | 'devices' | 'services'
  text: string
  /** Something that is not undone by standing down. */
  heavy: boolean
}

/** What is about to happen, one sentence a thing. */
export function prospectOf(prepared: Prepared): Prospect[] {
  const { drill, people, at_once: atOnce, channels, devices, services, waits } = prepared
  const said: Prospect[] = []
  if (people === 0) said.push({ kind: 'people', text: t('crisis.prepared.nobody'), heavy: true })
  else {
    const told = counted('crisis.prepared.people', people, { channels: channelList(channels) })
    const rest = atOnce === people ? t('crisis.prepared.all_at_once') : counted('crisis.prepared.at_once', atOnce)
    said.push({ kind: 'people', text: `${told} ${rest}`, heavy: false })
  }
  said.push({ kind: 'real', text: t(drill ? 'crisis.prepared.drill' : 'crisis.prepared.real'), heavy: !drill })
  if (devices > 0) said.push({ kind: 'devices', text: `${counted('crisis.prepared.devices', devices)} ${t(drill ? 'crisis.prepared.devices_drill' : waits ? 'crisis.prepared.devices_wait' : 'crisis.prepared.devices_go')}`, heavy: !drill && !waits })
  else said.push({ kind: 'devices', text: t('crisis.prepared.no_devices'), heavy: false })
  if (services > 0) said.push({ kind: 'services', text: `${counted('crisis.prepared.services', services)} ${t(drill ? 'crisis.prepared.services_drill' : waits ? 'crisis.prepared.services_wait' : 'crisis.prepared.services_go')}`, heavy: !drill && !waits })
  said.push({ kind: 'services', text: t('crisis.prepared.no_call'), heavy: false })
  return said
}

/** What the second button says: it names what is about to happen. */
export function startWords(prepared: Prepared): string {
  return counted(prepared.drill ? 'crisis.prepared.start_drill' : 'crisis.prepared.start', prepared.people, { plan: prepared.plan.name })
}
