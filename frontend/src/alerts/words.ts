/** An alert in words: the same sentences in the feed, on its page and read out. */
import type { Alert, FalseAlarmReason, LogLine } from '../api/types'
import { isClosed } from '../feed/merge'
import { shapeOf, wordOf, type Shape } from '../kit/severity'
import { language, t } from '../lib/language.svelte'
import type { PlainKey } from '../texts'

/** Why it was raised, in the reader's language. */
export function whySentence(alert: Pick<Alert, 'why' | 'rule'>): string {
  return alert.why.text[language()] ?? alert.why.text['en'] ?? alert.rule.name
}

/** `Lawn, Forecourt` */
export function place(alert: Pick<Alert, 'area' | 'camera'>): string {
  return alert.area === '' ? alert.camera.name : `${alert.area}, ${alert.camera.name}`
}

/** A closed alert has the shape of what is safe, an open one that of its severity. */
export function shapeFor(alert: Pick<Alert, 'state' | 'severity'>): Shape {
  return isClosed(alert) ? 'safe' : shapeOf(alert.severity)
}

export function severityWord(severity: number): string {
  return t(wordOf(shapeOf(severity)))
}

/** Who has it, or how it ended: `Not taken`, `Taken by Ana`, `False alarm, Ana`. */
export function standing(alert: Alert, me: string): string {
  const name = (person: { id: string; name: string } | null): string => (person === null ? '' : person.id === me ? t('alert.you') : person.name)
  if (alert.state === 'resolved') return t('alert.closed_resolved', { name: name(alert.closed_by) })
  if (alert.state === 'false_alarm') return t('alert.closed_false', { name: name(alert.closed_by) })
  if (alert.assigned_to !== null) return t('alert.assigned_to', { name: name(alert.assigned_to) })
  if (alert.state === 'acknowledged') return t('alert.taken_by', { name: name(alert.acknowledged_by) })
  return t('alert.not_taken')
}

const LOG: Record<LogLine['kind'], PlainKey> = {
  raised: 'log.raised',
  acknowledged: 'log.acknowledged',
  assigned: 'log.assigned',
  commented: 'log.commented',
  resolved: 'log.resolved',
  false_alarm: 'log.false_alarm',
  ended: 'log.ended',
  escalated: 'log.escalated',
}

/** What happened, without its author and text: `took it`, `assigned it to Ana`. */
export function logSentence(line: LogLine): string {
  return line.kind === 'assigned' && line.to_member !== null ? t('log.assigned_to', { name: line.to_member.name }) : t(LOG[line.kind])
}

/** Why it was a false alarm. */
export function reasonWord(reason: FalseAlarmReason): string {
  return t(`false_alarm.${reason}`)
}

const FAILURES: Record<string, PlainKey> = {
  no_picture: 'recording.no_picture',
  disk_full: 'recording.disk_full',
  storage: 'recording.storage',
  no_room: 'recording.no_room',
  interrupted: 'recording.interrupted',
}

/** Why there is no snapshot or clip. */
export function failureSentence(code: string): string {
  return t(FAILURES[code] ?? 'recording.failed')
}
