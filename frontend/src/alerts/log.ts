/** An alert's log as it is read: what was done, and who looked, newest first. */
import type { AlertDetail, LogLine } from '../api/types'
import { lastedWords } from './durations'
import { logSentence, reasonWord } from './words'
import { t } from '../lib/language.svelte'

export interface Line {
  at: string
  kind: LogLine['kind'] | 'seen'
  who: string
  text: string
  said: string
}

export function linesOf(alert: Pick<AlertDetail, 'log' | 'seen_by' | 'false_alarm_reason' | 'take_by' | 'committed_at'>): Line[] {
  const done = alert.log.map((line): Line => {
    const reason = line.kind === 'false_alarm' && alert.false_alarm_reason ? reasonWord(alert.false_alarm_reason) : ''
    return { at: line.at, kind: line.kind, who: line.member?.name ?? '', text: text(line, alert), said: [reason, line.text].filter(Boolean).join('. ') }
  })
  const looked = alert.seen_by.map((one): Line => ({ at: one.at, kind: 'seen', who: one.member.name, text: t('log.seen'), said: '' }))
  // Newest first; of one moment what was written later comes first, and what began it all stays at the bottom, whatever the clocks say.
  return [...done, ...looked]
    .map((line, order) => ({ line, order }))
    .sort((a, b) => Number(a.line.kind === 'raised') - Number(b.line.kind === 'raised') || Date.parse(b.line.at) - Date.parse(a.line.at) || b.order - a.order)
    .map(({ line }) => line)
}

function text(line: LogLine, alert: Pick<AlertDetail, 'take_by' | 'committed_at'>): string {
  if (line.kind !== 'escalated' || alert.take_by === null) return logSentence(line)
  return t('log.escalated_after', { time: lastedWords(Date.parse(alert.take_by) - Date.parse(alert.committed_at)) })
}
