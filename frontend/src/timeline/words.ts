/** The band in words: what a mark holds, why there is no picture, what was done and when. */
import type { TimelineAlert, TimelineOutage } from '../api/timeline'
import { severityWord } from '../alerts/words'
import { counted, t } from '../lib/language.svelte'
import type { PlainKey } from '../texts'
import { sum, type Counts, type Mark } from './marks'
import { clock } from '../lib/zone'

const OUTAGES: Record<string, PlainKey> = { down: 'timeline.down', unwatched: 'timeline.unwatched', connecting: 'timeline.no_picture' }
const STATES: Record<TimelineAlert['state'], PlainKey> = {
  open: 'state.open',
  acknowledged: 'state.acknowledged',
  resolved: 'state.resolved',
  false_alarm: 'state.false_alarm',
}

/** `Down`, `Not watched` */
export function outageWord(outage: TimelineOutage): string {
  return t(OUTAGES[outage.state] ?? 'timeline.no_picture')
}

/** `14:21 to 14:40`, `since 14:21` */
export function spanWords(since: string, until: string | null, zone: string): string {
  const from = clock(Date.parse(since), zone)
  return until === null ? t('timeline.since', { time: from }) : t('timeline.from_to', { from, to: clock(Date.parse(until), zone) })
}

/** `Down, 14:21 to 14:40. The camera does not answer…` */
export function outageSentence(outage: TimelineOutage, zone: string): string {
  return [`${outageWord(outage)}, ${spanWords(outage.since, outage.until, zone)}.`, outage.sentence].filter(Boolean).join(' ')
}

export function stateWord(state: TimelineAlert['state']): string {
  return t(STATES[state])
}

/** `2 critical, 1 low` */
export function countWords(counts: Counts): string {
  return [4, 3, 2, 1]
    .filter((level) => (counts[level - 1] ?? 0) > 0)
    .map((level) => `${counts[level - 1] ?? 0} ${severityWord(level).toLocaleLowerCase()}`)
    .join(', ')
}

/** What the mark holds, as the tip and the screen reader say it. */
export function markSentence(mark: Mark, camera: string, zone: string): string {
  const [alert] = mark.alerts
  if (alert !== undefined && mark.total === 1) {
    return `${clock(mark.from, zone, true)}, ${camera}: ${severityWord(alert.severity)}, ${stateWord(alert.state).toLocaleLowerCase()}. ${alert.why}`
  }
  const when = t('timeline.from_to', { from: clock(mark.from, zone), to: clock(mark.to, zone) })
  const open = mark.unclosed > 0 ? ` ${counted('timeline.unclosed', mark.unclosed)}.` : ''
  return `${when}, ${camera}: ${counted('timeline.alerts', mark.total)}, ${countWords(mark.counts)}.${open}`
}

/** `16:00 to 16:30: 12 alerts, 1 critical, 11 low` */
export function columnSentence(from: number, to: number, counts: Counts, zone: string): string {
  return `${t('timeline.from_to', { from: clock(from, zone), to: clock(to, zone) })}: ${counted('timeline.alerts', sum(counts))}, ${countWords(counts)}`
}

export interface Deed {
  at: string
  text: string
}

/** What was done about an alert and by whom, in its order. Times of day, not how long anybody took: nobody is ranked. */
export function deeds(alert: TimelineAlert): Deed[] {
  const found: Deed[] = []
  if (alert.taken_at !== null && alert.taken_by !== null) found.push({ at: alert.taken_at, text: t('timeline.taken', { name: alert.taken_by }) })
  if (alert.closed_at !== null && alert.closed_by !== null) {
    found.push({ at: alert.closed_at, text: t(alert.state === 'false_alarm' ? 'timeline.closed_false' : 'timeline.closed', { name: alert.closed_by }) })
  }
  return found.sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
}
