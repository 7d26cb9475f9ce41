/** What the room of audits reads: audits, what needs somebody about them, and the catalogue. */
import { listAudits, listNeeded, readCatalogue, type AuditBrief, type Needed, type RiskCatalogue } from '../api/audits'
import { alsoKept } from '../data'
import { seldom } from '../data/seldom'
import { Shared } from '../data/shared.svelte'

const ofAudits = new Set(['audit.changed', 'audit.review_due'])
export const audits = new Shared<readonly AuditBrief[]>(seldom(listAudits, 400), [], (event) => ofAudits.has(event.kind))
export const needed = new Shared<readonly Needed[]>(seldom(listNeeded, 2000), [], (event) => ofAudits.has(event.kind) || event.kind === 'pcs.changed')
export const catalogue = new Shared<RiskCatalogue | null>(readCatalogue, null)
alsoKept(audits, needed, catalogue)

/** The versions of a site's audit, the newest first. */
export const versionsAt = (site: string): AuditBrief[] => audits.value.filter((one) => one.site.id === site).sort((one, other) => other.number - one.number)
/** The one that is being written, or waits for its approval. */
export const isUnfinished = (audit: Pick<AuditBrief, 'state'>): boolean => audit.state === 'draft' || audit.state === 'in_review'
