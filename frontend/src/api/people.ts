/** Members, invitations, roles, and the own ways in, typed. */
import { request } from './client'
import type { components } from './schema'
import type { CreationQuestion, RequestQuestion } from '../people/webauthn'

type Schemas = components['schemas']

export type Member = Schemas['Member']
export type Grant = Schemas['Grant']
export type RoleName = Schemas['RoleEnum']
export type Role = Schemas['Role']
export type Invitation = Schemas['Invitation']
export type NewInvitation = Schemas['NewInvitation']
export type LinkMade = Schemas['LinkMade']
export type LinkView = Schemas['LinkView']
export type MemberSession = Schemas['Session']
export type WaysIn = Schemas['WaysIn']
export type Passkey = Schemas['Passkey']
export type CodeSetup = Schemas['CodeSetup']
export type Token = Schemas['Token']
export type SessionAnswer = Schemas['SessionView']
export type Preferred = Pick<Schemas['Me'], 'theme' | 'contrast' | 'density' | 'sounds' | 'volume'>
export type ProfileChange = Partial<Preferred & { display_name: string; email: string; language: string; first_steps_left: boolean }>

interface Page<T> {
  results: T[]
}
const results = async <T>(path: string, signal?: AbortSignal): Promise<T[]> => (await request<Page<T>>('GET', path, { query: { page_size: 200 }, signal })).results

export interface InvitationInput {
  display_name: string
  email: string
  language: string
  grants: Grant[]
}
export type MemberChange = Partial<{ display_name: string; email: string; language: string; is_active: boolean; grants: Grant[] }>

export const listRoles = (): Promise<Role[]> => request('GET', 'roles/')
export const demandSecondFactor = (roles: RoleName[]): Promise<unknown> => request('PATCH', 'second-factor/', { body: { roles } })
export const readMember = (id: string, signal?: AbortSignal): Promise<Member> => request('GET', `members/${id}/`, { signal })
export const changeMember = (id: string, change: MemberChange): Promise<Member> => request('PATCH', `members/${id}/`, { body: change })
export const listMemberSessions = (id: string): Promise<MemberSession[]> => results(`members/${id}/sessions/`)
export const endMemberSessions = (id: string): Promise<void> => request('DELETE', `members/${id}/sessions/`)
export const makeResetLink = (id: string, secondFactor: boolean): Promise<LinkMade> => request('POST', `members/${id}/reset/`, { body: { second_factor: secondFactor } })
export const listInvitations = (signal?: AbortSignal): Promise<Invitation[]> => results('invitations/', signal)
export const invite = (invitation: InvitationInput): Promise<NewInvitation> => request('POST', 'invitations/', { body: invitation })
export const revokeInvitation = (id: string): Promise<void> => request('DELETE', `invitations/${id}/`)

export interface LinkChoice {
  secret: string
  name?: string
  display_name?: string
  language?: string
  password?: string
  credential?: unknown
}
export const lookAtLink = (secret: string): Promise<LinkView> => request('POST', 'link/', { body: { secret }, keepSession: true })
export const askForLinkPasskey = (secret: string, name: string, displayName: string): Promise<CreationQuestion> =>
  request('POST', 'link/question/', { body: { secret, name, display_name: displayName }, keepSession: true })
export const useLink = (choice: LinkChoice): Promise<SessionAnswer> => request('POST', 'link/use/', { body: choice, keepSession: true })

export const signInByCode = (code: string): Promise<SessionAnswer> => request('POST', 'session/code/', { body: { code }, keepSession: true })
export const askForPasskey = (): Promise<RequestQuestion> => request('POST', 'session/passkey/question/', { keepSession: true })
export const signInByPasskey = (credential: unknown): Promise<SessionAnswer> => request('POST', 'session/passkey/', { body: { credential }, keepSession: true })

export const changeProfile = (change: ProfileChange): Promise<SessionAnswer> => request('PATCH', 'me/', { body: change })
export const changePassword = (password: string, newPassword: string): Promise<void> => request('POST', 'me/password/', { body: { password, new_password: newPassword } })
export const readWays = (): Promise<WaysIn> => request('GET', 'me/ways/')
export const askForProof = (): Promise<RequestQuestion> => request('POST', 'me/proof/question/')
export const prove = (proof: { password: string } | { credential: unknown }): Promise<void> => request('POST', 'me/proof/', { body: proof })
export const askForNewPasskey = (): Promise<CreationQuestion> => request('POST', 'me/passkeys/question/')
export const addPasskey = (name: string, credential: unknown): Promise<Passkey> => request('POST', 'me/passkeys/', { body: { name, credential } })
export const removePasskey = (id: string): Promise<void> => request('DELETE', `me/passkeys/${id}/`)
export const setUpCodes = (): Promise<CodeSetup> => request('POST', 'me/codes/')
export const confirmCodes = (code: string): Promise<{ codes: string[] }> => request('POST', 'me/codes/confirmation/', { body: { code } })
export const removeCodes = (): Promise<void> => request('DELETE', 'me/codes/')
export const makeRecoveryCodes = (): Promise<{ codes: string[] }> => request('POST', 'me/recovery-codes/')
export const listOwnSessions = (): Promise<MemberSession[]> => results('me/sessions/')
export const endOwnSession = (number: string): Promise<void> => request('DELETE', `me/sessions/${number}/`)
export const endOtherSessions = (): Promise<void> => request('DELETE', 'me/sessions/')
export const listTokens = (): Promise<Token[]> => results('tokens/')
export const makeToken = (name: string, days: number): Promise<{ token: Token; text: string }> => request('POST', 'tokens/', { body: { name, days } })
export const revokeToken = (id: string): Promise<void> => request('DELETE', `tokens/${id}/`)
