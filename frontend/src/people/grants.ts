/** Roles by site as a form edits them and as a sentence says them. Pure. */
import type { Grant, RoleName } from '../api/people'

export const ROLES: readonly RoleName[] = ['agent', 'supervisor', 'administrator', 'auditor', 'responder']

/** Whether a role is held at this site (`null`: everywhere). */
export function has(grants: readonly Grant[], role: RoleName, site: string | null): boolean {
  return grants.some((grant) => grant.role === role && (grant.site ?? null) === site)
}

/** Give or take a role at a site. Who holds it everywhere needs it at no single site. */
export function toggled(grants: readonly Grant[], role: RoleName, site: string | null): Grant[] {
  if (has(grants, role, site)) return grants.filter((grant) => !(grant.role === role && (grant.site ?? null) === site))
  const others = site === null ? grants.filter((grant) => grant.role !== role) : grants.filter((grant) => !(grant.role === role && (grant.site ?? null) === null))
  return [...others, { role, site }]
}

/** The same roles, whatever their order. */
export function same(one: readonly Grant[], other: readonly Grant[]): boolean {
  const key = (grants: readonly Grant[]): string => grants.map((grant) => `${grant.role} ${grant.site ?? ''}`).sort().join()
  return key(one) === key(other)
}

/** Each role that is held, with where: everywhere (`null`) or the sites, in the order of the roles. */
export function byRole(grants: readonly Grant[]): { role: RoleName; sites: string[] | null }[] {
  return ROLES.flatMap((role) => {
    const held = grants.filter((grant) => grant.role === role)
    if (held.length === 0) return []
    const everywhere = held.some((grant) => (grant.site ?? null) === null)
    return [{ role, sites: everywhere ? null : held.flatMap((grant) => grant.site ?? []) }]
  })
}
