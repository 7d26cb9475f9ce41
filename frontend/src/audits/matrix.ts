/** The matrix of likelihood and severity: which risk stands where, and where an arrow key leads. Pure. */
import type { Audit, AuditedRisk, Cell } from '../api/audits'

export type Ghost = Audit['ghosts'][number]

export interface Place {
  cell: Cell
  risks: readonly AuditedRisk[]
  /** Risks that would stand here if facts were right, and do not. */
  ghosts: readonly Ghost[]
}

/** The rows, the most likely first, each from slight to fatal. */
export function rowsOf(audit: Pick<Audit, 'cells' | 'risks' | 'ghosts'>): Place[][] {
  const rows = new Map<number, Place[]>()
  for (const cell of audit.cells) {
    const here = (one: { likelihood: number | null; severity: number | null }): boolean => one.likelihood === cell.likelihood && one.severity === cell.severity
    const place = { cell, risks: audit.risks.filter(here), ghosts: audit.ghosts.filter((one) => here(one) && !one.kept) }
    rows.set(cell.likelihood, [...(rows.get(cell.likelihood) ?? []), place])
  }
  return [...rows.entries()].sort(([one], [other]) => other - one).map(([, places]) => places)
}

/** Risks that nobody has judged yet: they stand beside the matrix. */
export const unjudged = (risks: readonly AuditedRisk[]): AuditedRisk[] => risks.filter((risk) => risk.likelihood === null || risk.severity === null)

/** Whether facts contradict a risk, and nobody has looked at it. */
export const asks = (risk: AuditedRisk): boolean => risk.contradictions.some((one) => one.kept === null)

/** The highest score first; what is not judged comes before all, because it is to be judged. */
export function byScore(risks: readonly AuditedRisk[]): AuditedRisk[] {
  return [...risks].sort((one, other) => (other.score ?? 99) - (one.score ?? 99) || one.number - other.number)
}

const ARROWS: Readonly<Record<string, readonly [up: number, right: number]>> = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }

/** The reference of the nearest risk in an arrow's direction; in the same cell first, from above to below. `null`: there is none. */
export function beside(risks: readonly AuditedRisk[], from: AuditedRisk, key: string): string | null {
  const arrow = ARROWS[key]
  if (arrow === undefined || from.likelihood === null || from.severity === null) return null
  const [up, right] = arrow
  const { likelihood, severity } = from
  const mates = risks.filter((one) => one.likelihood === likelihood && one.severity === severity)
  const next = up === 0 ? undefined : mates[mates.findIndex((one) => one.id === from.id) - up]
  if (next !== undefined) return next.reference
  let best: { risk: AuditedRisk; far: number } | null = null
  for (const risk of risks) {
    if (risk.likelihood === null || risk.severity === null) continue
    const along = (risk.likelihood - likelihood) * up + (risk.severity - severity) * right
    if (along <= 0) continue
    const aside = Math.abs((risk.likelihood - likelihood) * right) + Math.abs((risk.severity - severity) * up)
    const far = along + aside * 2
    if (best === null || far < best.far) best = { risk, far }
  }
  return best?.risk.reference ?? null
}
