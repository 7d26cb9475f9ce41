/** Unsaved work: it survives a reload and an expired sign-in, and leaving it asks first. */
import { onDestroy, untrack } from 'svelte'
import { t } from './language.svelte'
import { guardLeaving } from './router.svelte'

/** How long a draft is kept, milliseconds. Somebody who comes back after a night finds it; after a week it is only in the way. */
const LONGEST = 7 * 86_400_000
const PREFIX = 'vigie.draft.'

interface Kept<T> {
  at: number
  /** What it was begun from, so that a draft of an older version is told apart. */
  base: string
  value: T
}

export class Draft<T> {
  /** When the draft that was found here had been left; `null` when there was none. */
  readonly found: Date | null
  /** Whether what was found began from another version than the one that is saved now. */
  readonly outdated: boolean
  readonly value: T | null
  private last: string

  /**
   * @param key What is edited, e.g. `camera.<id>`; one draft each.
   * @param base The version it starts from. A draft of another version is given too, and is `outdated`.
   */
  constructor(
    private readonly key: string,
    private readonly base: string,
  ) {
    const kept = read<T>(key)
    this.found = kept === null ? null : new Date(kept.at)
    this.outdated = kept !== null && kept.base !== base
    this.value = kept?.value ?? null
    this.last = kept === null ? '' : JSON.stringify(kept.value)
  }

  /** Keep what is entered now. Never give it a secret: it lies in this browser's storage. */
  keep(value: T): void {
    const text = JSON.stringify(value)
    if (text === this.last) return
    this.last = text
    write(this.key, { at: Date.now(), base: this.base, value })
  }

  /** It was saved, or given up. */
  drop(): void {
    this.last = ''
    forget(this.key)
  }
}

/** Ask before this screen is left while `isDirty()`. Call it when a component is set up. */
export function askBeforeLeaving(isDirty: () => boolean): void {
  const release = guardLeaving(() => !untrack(isDirty) || window.confirm(t('draft.leave')))
  const warn = (event: BeforeUnloadEvent): void => {
    if (untrack(isDirty)) event.preventDefault()
  }
  addEventListener('beforeunload', warn)
  onDestroy(() => {
    release()
    removeEventListener('beforeunload', warn)
  })
}

/** Somebody is at this desk: drafts that somebody else left are forgotten. */
export function draftsBelongTo(member: string): void {
  try {
    if (localStorage.getItem('vigie.drafts') !== member) dropAllDrafts()
    localStorage.setItem('vigie.drafts', member)
  } catch {
    // Nothing is kept here, so nothing of anybody else's either.
  }
}

/** Whether there is unsaved work here, which signing out would take away. */
export function hasDrafts(): boolean {
  try {
    return Object.keys(localStorage).some((name) => name.startsWith(PREFIX))
  } catch {
    return false // nothing could be kept here
  }
}

/** Somebody signs out of their own will: the next person at this desk must not find what was begun. */
export function dropAllDrafts(): void {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name)
  } catch {
    // Nothing could be kept here either.
  }
}

function read<T>(key: string): Kept<T> | null {
  try {
    const text = localStorage.getItem(PREFIX + key)
    if (text === null) return null
    const kept = JSON.parse(text) as Kept<T>
    if (typeof kept.at === 'number' && Date.now() - kept.at < LONGEST) return kept
    forget(key)
  } catch {
    // Unreadable or not allowed: there is no draft.
  }
  return null
}

function write<T>(key: string, kept: Kept<T>): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(kept))
  } catch {
    // A full or forbidden storage: the page still holds it until it is left, which asks first.
  }
}

function forget(key: string): void {
  try {
    localStorage.removeItem(PREFIX + key)
  } catch {
    // As above.
  }
}
