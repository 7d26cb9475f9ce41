/** Which cameras are on the wall and in which order: as it was kept under a name, or all of them, with one's own changes on top. */
import type { Camera } from '../api/types'
import type { Wall } from '../api/walls'
import { cameras } from '../data'
import { walls } from '../data/walls.svelte'
import { query } from '../lib/router.svelte'
import { session } from '../lib/session.svelte'
import { ordered } from './layout'
import { askedFor, narrowed, type Asked } from './narrowed'

/** A change of one's own that is not kept with its wall: it survives a reload, in this browser. */
interface Own {
  cameras: string[]
  /** The wall's version that it began from. */
  version: number
}
const ALL = 'all'

export class Arrangement {
  private own = $state.raw<Readonly<Record<string, Own>>>(readOwn())

  /** The kept wall that the address names; `null` when it is all cameras, or a wall that is not there (any more). */
  readonly wall: Wall | null = $derived(walls.value.find((wall) => wall.id === query('wall')) ?? null)
  /** Whether the address names a wall that one cannot see. */
  readonly missing = $derived(query('wall') !== null && this.wall === null && walls.phase === 'ready')
  /** What a link asks for where it names no wall. */
  readonly asked: Asked | null = $derived(query('wall') === null ? askedFor(query('site'), query('cameras')) : null)
  /** Whether the address names a wall that is still being read: until then nothing is shown, rather than all cameras for a moment. */
  readonly waiting = $derived(query('wall') !== null && walls.phase === 'loading')
  private readonly key = $derived(this.wall?.id ?? (this.asked === null ? ALL : (this.asked.site ?? this.asked.cameras.join())))
  readonly cameras: readonly Camera[] = $derived.by(() => {
    const order = this.own[this.key]?.cameras ?? this.wall?.cameras ?? []
    const known = this.wall === null ? narrowed(cameras.value, this.asked) : cameras.value.filter((camera) => order.includes(camera.id))
    return ordered(known, order)
  })
  /** Whether there are changes that are not kept with the wall. */
  readonly changed = $derived(this.wall !== null && this.own[this.key] !== undefined)
  /** The version that the changes began from, or the wall's. */
  readonly version = $derived(this.own[this.key]?.version ?? this.wall?.version ?? 1)

  /** Arrange them so. */
  place(order: readonly string[]): void {
    const same = this.wall !== null && this.wall.cameras.length === order.length && this.wall.cameras.every((id, index) => id === order[index])
    if (same) this.undo()
    else this.keep({ ...this.own, [this.key]: { cameras: [...order], version: this.version } })
  }

  /** Forget one's own changes. */
  undo(key: string = this.key): void {
    this.keep(Object.fromEntries(Object.entries(this.own).filter(([name]) => name !== key)))
  }

  private keep(own: Readonly<Record<string, Own>>): void {
    this.own = own
    try {
      localStorage.setItem(place(), JSON.stringify(own))
    } catch {
      // It then lasts as long as the page.
    }
  }
}

/** Two people at one desk have walls of their own. */
function place(): string {
  return `vigie.walls.${session.view?.member.id ?? ''}`
}

function readOwn(): Readonly<Record<string, Own>> {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(place()) ?? '{}')
    return typeof read === 'object' && read !== null ? Object.fromEntries(Object.entries(read).filter((entry): entry is [string, Own] => isOwn(entry[1]))) : {}
  } catch {
    return {}
  }
}

function isOwn(value: unknown): value is Own {
  if (typeof value !== 'object' || value === null) return false
  const { cameras: kept, version } = value as Record<string, unknown>
  return typeof version === 'number' && Array.isArray(kept) && kept.every((id) => typeof id === 'string')
}
