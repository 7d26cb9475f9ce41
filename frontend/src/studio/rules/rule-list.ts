/** The list of rules as the address says: searched, filtered, grouped by the camera they look through. Pure. */
import type { Camera, Rule, Site } from '../../api/types'
import { searchable } from '../shared/search'

export const SOON_MS = 14 * 86_400_000
export const ATTENTION = ['ends_soon', 'too_often', 'refused'] as const
export type Attention = (typeof ATTENTION)[number]

export interface RuleFilter {
  text: string
  state: string
  severity: string
  kind: string
  attention: string
}

export interface RuleGroup {
  /** The camera's. */
  id: string
  camera: Camera | undefined
  site: Site | undefined
  rules: Rule[]
}

/** What of a rule asks for somebody to look. */
export function attentionOf(rule: Rule, now: Date): Attention[] {
  const found: Attention[] = []
  if (rule.over || new Date(rule.expires_at).getTime() - now.getTime() < SOON_MS) found.push('ends_soon')
  if (rule.figures.too_often.length > 0) found.push('too_often')
  if (rule.missing.length > 0) found.push('refused')
  return found
}

export function isFiltered(filter: RuleFilter): boolean {
  return Object.values(filter).some((value) => value !== '')
}

/** The rules that match, by site and camera, both in the order of their names. */
export function grouped(rules: readonly Rule[], cameras: readonly Camera[], sites: readonly Site[], filter: RuleFilter, now: Date): RuleGroup[] {
  const groups = new Map<string, RuleGroup>()
  const wanted = searchable(filter.text)
  for (const rule of rules) {
    const camera = cameras.find((one) => one.id === rule.camera)
    const site = sites.find((one) => one.id === camera?.site)
    const text = searchable([rule.name, rule.sentence, camera?.name ?? '', site?.name ?? ''].join(' '))
    if (!text.includes(wanted)) continue
    if (filter.state !== '' && rule.state !== filter.state) continue
    if (filter.severity !== '' && String(rule.severity) !== filter.severity) continue
    if (filter.kind !== '' && rule.kind !== filter.kind) continue
    if (filter.attention !== '' && !attentionOf(rule, now).some((one) => one === filter.attention)) continue
    const group = groups.get(rule.camera) ?? { id: rule.camera, camera, site, rules: [] }
    group.rules.push(rule)
    groups.set(rule.camera, group)
  }
  const name = (group: RuleGroup): string => `${group.site?.name ?? ''} ${group.camera?.name ?? ''}`
  return [...groups.values()].sort((one, other) => name(one).localeCompare(name(other)))
}
