/** What the people's screens read: roles in words, and invitations, kept true by the feed. */
import { listInvitations, listRoles, type Invitation, type Role } from '../api/people'
import { alsoKept } from '../data'
import { Shared } from '../data/shared.svelte'
import { session } from '../lib/session.svelte'

export const roles = new Shared<readonly Role[]>(listRoles, [])
export const invitations = new Shared<readonly Invitation[]>(listInvitations, [], (event) => event.kind === 'member.changed')

alsoKept(roles, invitations)

/** Where one may change members: everywhere (`null`), or at these sites. */
export function managedSites(): readonly string[] | null {
  const held = session.view?.member.rights.find((right) => right.right === 'manage_people')
  return held === undefined ? [] : held.sites
}
