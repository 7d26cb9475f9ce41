/** Who is signed in, what they may do, and what happens when that ends. */
import { keepCsrfToken, onSignedOut } from '../api/client'
import { changeMe, readSession, signIn as askIn, signOut as askOut } from '../api/endpoints'
import { sentence } from '../api/errors'
import type { Right, Session } from '../api/types'
import { askForPasskey, changeProfile, signInByCode, signInByPasskey, type SessionAnswer } from '../api/people'
import { usePasskey } from '../people/webauthn'
import { orPasskeyProblem } from '../people/words'
import { draftsBelongTo, dropAllDrafts, hasDrafts } from './drafts.svelte'
import { clearNotices, say } from './notices.svelte'
import { readIn } from './zone'
import { follow, onPreferred, type Preference } from './preferences.svelte'
import { isLanguage, language, speak, t, type Language } from './language.svelte'

type Phase = 'loading' | 'out' | 'in' | 'unreachable'

class SessionState {
  phase = $state<Phase>('loading')
  view = $state.raw<Session | null>(null)
  /** The session ended while it was used: the sign-in page says so. */
  ended = $state(false)
  /** The password was right, and one of these is asked next. */
  secondSteps = $state.raw<readonly string[]>([])
  /** Why browsers offer no passkey at this address; empty when they do. */
  passkeysRefused = $state('')
}
export const session = new SessionState()

/** Whether the member holds a right anywhere; the server decides where. */
export function can(right: Right): boolean {
  return session.view?.member.rights.some((held) => held.right === right) ?? false
}

/** Whether they receive messages and answer them, and nothing else: their page is the responder's. */
export function onlyResponds(): boolean {
  return can('respond') && session.view?.member.rights.every(({ right }) => right === 'respond' || right === 'signed_in') === true
}

/** Whether it is held at all sites, those to come included. */
export function canEverywhere(right: Right): boolean {
  return session.view?.member.rights.some((held) => held.right === right && held.sites === null) ?? false
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
  await enterAs(await askIn(name, password))
}

/** The second step, after the password: a code from the phone or from paper. */
export async function signInWithCode(code: string): Promise<void> {
  await enterAs(await signInByCode(code))
}

export async function signInWithPasskey(): Promise<void> {
  await enterAs(await orPasskeyProblem(async () => signInByPasskey(await usePasskey(await askForPasskey()))))
}

/** Go on as the server says who one is: after signing in, and after a change of the own account. */
export async function enterAs(view: SessionAnswer): Promise<void> {
  const before = session.phase
  await enter(view)
  if (session.phase !== 'in') return
  session.ended = false
  const wanted = picked
  picked = null
  if (before === 'in' || wanted === null) await followMember()
  else await changeLanguage(wanted)
}

export async function signOut(): Promise<void> {
  if (hasDrafts() && !window.confirm(t('draft.sign_out'))) return
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
  if (session.view === null) {
    picked = code
    await askWhyNoPasskeys()
  } else if (session.view.member.language !== code) {
    try {
      await changeMe({ language: code })
      session.view = { ...session.view, member: { ...session.view.member, language: code } }
    } catch (error) {
      say(sentence(error), true) // the page speaks it all the same; it is not kept for elsewhere
    }
  }
}

/** The server's sentence comes in the language that is spoken now. */
async function askWhyNoPasskeys(): Promise<void> {
  if (session.passkeysRefused === '') return
  try {
    session.passkeysRefused = (await readSession()).passkeys_refused
  } catch {
    // It stays in the language before: whoever signs in next is told that the server is away.
  }
}

const leaving = new Set<() => void>()

/** Call `what` whenever nobody is signed in any more: the next person at this desk finds nothing of the last one. */
export function onLeft(what: () => void): void {
  leaving.add(what)
}

/** The server no longer knows us. */
export function leave(ended: boolean): void {
  if (session.phase === 'in') {
    picked = null
    clearNotices()
    for (const what of leaving) what()
  }
  if (session.phase === 'in') session.ended = ended
  session.view = null
  readIn(undefined)
  session.phase = 'out'
}

async function enter(view: SessionAnswer): Promise<void> {
  keepCsrfToken(view.csrf_token)
  session.secondSteps = view.second_steps
  session.passkeysRefused = view.passkeys_refused
  if (view.member === null || view.organisation === null) return leave(false)
  session.view = { csrf_token: view.csrf_token, member: view.member, organisation: view.organisation }
  draftsBelongTo(view.member.id)
  const { theme, contrast, density, sounds, volume } = view.member
  follow({ theme, contrast, density, sound: sounds, volume })
  readIn(session.view?.organisation.timezone)
  session.phase = 'in'
}

/** Follow the member's own language once, when the page is opened. */
export async function followMember(): Promise<void> {
  const wanted = session.view?.member.language
  if (isLanguage(wanted) && wanted !== language()) await speak(wanted)
}

/** What was preferred here is kept with the member, so that it follows to another computer. */
async function keepPreference({ sound, ...change }: Partial<Preference>): Promise<void> {
  if (session.view === null) return
  try {
    const { member } = await changeProfile({ ...change, ...(sound === undefined ? {} : { sounds: sound }) })
    if (session.view !== null && member !== null) session.view = { ...session.view, member }
  } catch (error) {
    say(sentence(error), true) // the page looks so all the same; it is not kept for elsewhere
  }
}

onPreferred((change) => void keepPreference(change))
onSignedOut(() => leave(true))
