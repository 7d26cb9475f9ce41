/** Who is signed in, what they may do, and what happens when that ends. */
import { keepCsrfToken, onSignedOut } from '../api/client'
import { changeMe, readSession, signIn as askIn, signOut as askOut } from '../api/endpoints'
import { sentence } from '../api/errors'
import type { Right, Session } from '../api/types'
import { draftsBelongTo, dropAllDrafts } from './drafts.svelte'
import { say } from './notices.svelte'
import { isLanguage, language, speak, type Language } from './language.svelte'

type Phase = 'loading' | 'out' | 'in' | 'unreachable'

class SessionState {
  phase = $state<Phase>('loading')
  view = $state.raw<Session | null>(null)
  /** The session ended while it was used: the sign-in page says so. */
  ended = $state(false)
}
export const session = new SessionState()

/** Whether the member holds a right anywhere; the server decides where. */
export function can(right: Right): boolean {
  return session.view?.member.rights.some((held) => held.right === right) ?? false
}

export async function loadSession(): Promise<void> {
  try {
    await enter(await readSession())
  } catch {
    session.phase = 'unreachable'
  }
}

/** The language picked before signing in: it is the one that is wanted from then on. */
let picked: Language | null = null

export async function signIn(name: string, password: string): Promise<void> {
  const view = await askIn(name, password)
  session.ended = false
  await enter(view)
  if (picked === null) await followMember()
  else await changeLanguage(picked)
}

export async function signOut(): Promise<void> {
  try {
    await askOut()
    dropAllDrafts()
    leave(false)
  } catch (error) {
    say(sentence(error), true)
  }
}

/** Speak another language, here and, for a member, wherever they sign in next. */
export async function changeLanguage(code: Language): Promise<void> {
  await speak(code)
  if (session.view === null) picked = code
  else if (session.view.member.language !== code) {
    try {
      await changeMe({ language: code })
      session.view = { ...session.view, member: { ...session.view.member, language: code } }
    } catch (error) {
      say(sentence(error), true) // the page speaks it all the same; it is not kept for elsewhere
    }
  }
}

/** The server no longer knows us. */
export function leave(ended: boolean): void {
  if (session.phase === 'in') session.ended = ended
  session.view = null
  session.phase = 'out'
}

async function enter(view: { csrf_token: string; member: Session['member'] | null; organisation: Session['organisation'] | null }): Promise<void> {
  keepCsrfToken(view.csrf_token)
  if (view.member === null || view.organisation === null) return leave(false)
  session.view = { csrf_token: view.csrf_token, member: view.member, organisation: view.organisation }
  draftsBelongTo(view.member.id)
  session.phase = 'in'
}

/** Follow the member's own language once, when the page is opened. */
export async function followMember(): Promise<void> {
  const wanted = session.view?.member.language
  if (isLanguage(wanted) && wanted !== language()) await speak(wanted)
}

onSignedOut(() => leave(true))
