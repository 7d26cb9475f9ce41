/** The alert button in words: what a second gesture does, and what came of it. */
import type { OwnCall, Pressed } from '../api/entrances'
import { channelList } from '../crisis/gesture'
import { counted, t } from '../lib/language.svelte'

/** How long the button is held until it is the first gesture, milliseconds. Letting go sooner does nothing. */
export const HOLD = 1_500

/** What is about to happen, one sentence a thing. */
export function pressedLines(of: Pressed): string[] {
  const said: string[] = []
  if (of.under_way) said.push(t('alert_button.joins', { plan: of.plan }))
  else if (of.how === 'start') said.push(t('alert_button.starts', { plan: of.plan }))
  else said.push(counted(of.starts_when_silent ? 'alert_button.asks_silent' : 'alert_button.asks', of.countdown_s, { plan: of.plan }))
  if (!of.under_way) {
    said.push(of.people === 0 ? t('alert_button.nobody') : counted('alert_button.people', of.people, { channels: channelList(of.channels) }))
    if (of.devices > 0) said.push(counted('alert_button.devices', of.devices))
    if (of.services > 0) said.push(counted('alert_button.services', of.services))
  }
  said.push(t('alert_button.you'))
  return said
}

/** What the second button says: it names what is about to happen. */
export function confirmWords(of: Pressed): string {
  if (of.under_way) return t('alert_button.confirm_again')
  return of.how === 'start' ? counted('alert_button.confirm_start', of.people) : t('alert_button.confirm_ask')
}

/** How what was pressed stands, one sentence a thing; `left` are the seconds of an agent's countdown. */
export function callLines(of: OwnCall, left: number): string[] {
  const said: string[] = []
  if (of.state === 'asking') said.push(of.starts_when_silent ? counted('alert_button.asking_silent', Math.max(0, left)) : t('alert_button.asking'))
  else if (of.state === 'running') said.push(of.director === '' ? t('alert_button.running') : t('alert_button.directed', { name: of.director }))
  else said.push(t(of.state === 'ended' ? 'alert_button.ended' : 'alert_button.dropped'))
  if (of.state === 'running' || of.state === 'ended') {
    said.push(of.channels.length === 0 ? t('alert_button.told_none') : counted('alert_button.told', of.told, { people: of.people, channels: channelList(of.channels) }))
    if (of.answered > 0) said.push(counted('alert_button.answered', of.answered))
  }
  if (of.help === 'taken') said.push(t('alert_button.comes', { who: of.taken_by }))
  else if (of.help === 'open' && of.state === 'running') said.push(t('alert_button.nobody_yet'))
  if (of.calls > 1) said.push(counted('alert_button.pressed', of.calls))
  return said
}
