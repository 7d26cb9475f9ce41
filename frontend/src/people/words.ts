/** What people's screens say of roles, sites, browsers and passkeys. */
import { ApiError } from '../api/errors'
import type { Grant, Role } from '../api/people'
import { t } from '../lib/language.svelte'
import { deviceOf } from './device'
import { byRole } from './grants'
import { passkeyProblem } from './webauthn'

/** `Agent at Main gate, Courtyard; Auditor everywhere`. */
export function rolesInWords(grants: readonly Grant[], roles: readonly Role[], sites: readonly { id: string; name: string }[]): string {
  const held = byRole(grants).map(({ role, sites: at }) => {
    const name = roles.find((one) => one.role === role)?.name ?? role
    if (at === null) return t('people.everywhere', { role: name })
    return t('people.at', { role: name, sites: at.map((id) => sites.find((site) => site.id === id)?.name ?? t('people.other_site')).join(', ') })
  })
  return held.length === 0 ? t('people.no_role') : held.join('; ')
}

/** `Firefox on Windows`, as much of it as is known. */
export function deviceInWords(agent: string): string {
  const { browser, system } = deviceOf(agent)
  if (browser !== '' && system !== '') return t('sessions.device', { browser, system })
  return browser || system || t('sessions.unknown')
}

/** Whatever a browser's refusal of a passkey is called, it becomes a sentence. */
export async function orPasskeyProblem<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    const key = passkeyProblem(error)
    throw key === null ? error : new ApiError(0, 'passkey', t(key))
  }
}
