/** What needs attention, in sentences, and where it is dealt with. */
import type { Attention } from '../api/overview'
import type { Right } from '../api/types'
import { counted, t, type Language } from '../lib/language.svelte'
import type { CountedKey, PlainKey } from '../texts'
import { clock, dayName, dayOf } from '../lib/zone'

const COUNTED: Partial<Record<Attention['code'], CountedKey>> = {
  critical_open: 'attention.critical_open',
  late: 'attention.late',
  no_watcher: 'attention.no_watcher',
  high_open: 'attention.high_open',
  cameras_down: 'attention.cameras_down',
  not_watched: 'attention.not_watched',
  others_open: 'attention.others_open',
  taken_long: 'attention.taken_long',
  dropping: 'attention.dropping',
}

export interface Reader {
  zone: string
  language: Language
  now: number
}

/** `14:21`, and on another day `Tuesday 24 November 2026, 14:21`. */
export function moment(at: string, { zone, language, now }: Reader): string {
  const time = Date.parse(at)
  const day = dayOf(time, zone)
  return day === dayOf(now, zone) ? clock(time, zone) : `${dayName(day, language)}, ${clock(time, zone)}`
}

export function attentionSentence(one: Attention, reader: Reader): string {
  const key = COUNTED[one.code]
  const said = key === undefined ? named(one, reader) : counted(key, one.count)
  const waits = one.since !== null && ['critical_open', 'high_open', 'others_open', 'taken_long'].includes(one.code) ? t('attention.longest', { time: moment(one.since, reader) }) : ''
  const most = one.code === 'dropping' ? t('attention.dropped_most', { name: one.name }) : ''
  return [said, waits, most, one.why].filter((part) => part !== '').join(' ')
}

function named({ code, name, since, last_day }: Attention, reader: Reader): string {
  const time = since === null ? '' : moment(since, reader)
  const day = last_day === null ? '' : dayName(last_day, reader.language)
  if (code === 'camera_down') return since === null ? t('attention.camera_down_now', { name }) : t('attention.camera_down', { name, time })
  if (code === 'authorisation_ended') return t('attention.authorisation_ended', { name, day })
  if (code === 'authorisation_ends') return t('attention.authorisation_ends', { name, day })
  if (code === 'rule_ends') return t('attention.rule_ends', { name, day: since === null ? '' : dayName(dayOf(Date.parse(since), reader.zone), reader.language) })
  if (code === 'rule_often') return t('attention.rule_often', { name })
  if (code.startsWith('audit_') || code.startsWith('pcs_')) return '' // all of it is `why`
  if (code === 'handover_waits') return t('attention.handover_waits', { name, time })
  return t('attention.nobody_on_duty')
}

const PLACES: readonly { begins: string; text: PlainKey; right?: Right; instead?: string }[] = [
  { begins: '/alerts', text: 'attention.see_alerts' },
  { begins: '/timeline', text: 'attention.see_day' },
  { begins: '/logbook/handover/', text: 'attention.see_handover', right: 'see_logbook' },
  { begins: '/logbook', text: 'attention.see_logbook', right: 'see_logbook' },
  { begins: '/crisis/audits', text: 'attention.open_audit', right: 'see_crisis' },
  { begins: '/studio/cameras/', text: 'attention.open_camera', right: 'manage_cameras', instead: '/studio/cameras' },
  { begins: '/studio/cameras', text: 'attention.see_cameras', right: 'see_cameras' },
  { begins: '/studio/rules/', text: 'attention.open_rule', right: 'manage_rules', instead: '/studio/rules' },
  { begins: '/studio/rules', text: 'attention.see_rules', right: 'see_rules' },
]

/** The page that deals with it, or where it is at least seen; `null` when neither is the reader's. */
export function wayTo(link: string, can: (right: Right) => boolean): { href: string; text: PlainKey } | null {
  const place = PLACES.find((one) => link.startsWith(one.begins))
  if (place === undefined) return null
  if (place.right === undefined || can(place.right)) return { href: link, text: place.text }
  return place.instead === undefined ? null : wayTo(place.instead, can)
}
