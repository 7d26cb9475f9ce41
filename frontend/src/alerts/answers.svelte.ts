/** What a person does about an alert, from wherever they are. A refusal is said as the server words it. */
import { answerAlert, readAlert, type Answer } from '../api/endpoints'
import { ApiError, sentence } from '../api/errors'
import type { Alert, AlertDetail } from '../api/types'
import { feed } from '../feed/feed.svelte'
import { say } from '../lib/notices.svelte'

/** Give an answer. Returns the alert as it is now, or `null` when the answer was refused (the reason is shown). */
export async function answer(alert: Alert, what: Answer): Promise<AlertDetail | null> {
  try {
    const changed = await answerAlert(alert, what)
    feed.tell(changed)
    return changed
  } catch (error) {
    say(sentence(error), true)
    // A colleague was first: show what they did.
    if (error instanceof ApiError && error.status === 409) await follow(alert.id)
    return null
  }
}

export async function take(alert: Alert): Promise<void> {
  if (alert.state === 'open') await answer(alert, { action: 'acknowledge' })
}

async function follow(id: string): Promise<void> {
  try {
    feed.tell(await readAlert(id))
  } catch {
    // The feed will bring it.
  }
}
