/** An alert's page kept true by what the feed brings. */
import { isRecord, type FeedEvent } from '../feed/protocol'
import type { Alert, AlertDetail } from '../api/types'

/** Whether an alert came with its log: the answer to what was done here, not an event. */
export function isDetail(alert: Alert): alert is AlertDetail {
  return 'log' in alert && 'seen_by' in alert
}

/** The alert with one more who has looked at it. */
export function withSighting(alert: AlertDetail, event: FeedEvent): AlertDetail {
  const { member, at } = event.payload
  if (!isRecord(member) || typeof at !== 'string') return alert
  const { id, name } = member
  if (typeof id !== 'string' || typeof name !== 'string' || alert.seen_by.some((one) => one.member.id === id)) return alert
  return { ...alert, seen_by: [...alert.seen_by, { member: { id, name }, at }] }
}
