/** Which events of the feed change what an audit's page shows. Pure. */
import type { Audit } from '../api/audits'
import type { FeedEvent } from '../feed/protocol'

/** At once: the audit itself was changed. `soon`: something it names stands otherwise, which may happen often. */
export type Concern = 'now' | 'soon' | null

export function concern(event: FeedEvent, audit: Audit): Concern {
  const { payload } = event
  if (event.kind === 'audit.changed' || event.kind === 'audit.review_due') return payload['audit'] === audit.id || payload['site'] === audit.site.id ? 'now' : null
  const protections = audit.risks.flatMap((risk) => risk.protections)
  if (event.kind === 'camera.state') {
    // A camera says each few seconds how it goes; what counts here is whether it protects.
    const known = protections.find((one) => one.kind === 'camera' && one.of === payload['camera'])
    return known !== undefined && (known.state === 'works') !== (payload['state'] === 'live') ? 'soon' : null
  }
  if (event.kind === 'device.changed') return protections.some((one) => one.kind === 'device') ? 'soon' : null
  if (event.kind === 'on_call.changed') return protections.some((one) => one.kind === 'team') ? 'soon' : null
  if (event.kind === 'alert.raised' || event.kind === 'alert.changed') return audit.risks.some((risk) => risk.rules.length > 0) ? 'soon' : null
  return event.kind === 'response_plan.changed' ? 'soon' : null
}
