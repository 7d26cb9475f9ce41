/** What the wall shows now: tiles by place, what is in use, what was brought forward, and what is being moved. */
import { tick, untrack } from 'svelte'
import type { Alert, Camera } from '../api/types'
import { whySentence } from '../alerts/words'
import { cameras } from '../data'
import { counted, t } from '../lib/language.svelte'
import { query, setQuery } from '../lib/router.svelte'
import { Arrangement } from './arrangement.svelte'
import { bring, shownWith, type Loan } from './forward'
import { layoutOf, presetOf, swapped, towards, type Arrow } from './layout'

/** A tile that is picked up. */
interface Held {
  id: string
  by: 'keys' | 'pointer'
  /** The order before, for who thinks better of it. */
  before: readonly string[]
}

export interface Place {
  camera: Camera
  /** Whose place it is, where another camera was brought forward. */
  host: Camera | null
}

export class WallState {
  readonly arrangement = new Arrangement()
  /** Where the tiles are, to know which lies beside which. */
  root = $state<HTMLElement>()
  held = $state.raw<Held | null>(null)
  /** What just happened, for who does not see it. */
  said = $state('')
  private loans = $state.raw<readonly Loan[]>([])
  private readonly lastUsed = new Map<string, number>()

  readonly order = $derived(this.arrangement.cameras.map((camera) => camera.id))
  readonly layout = $derived(layoutOf(this.order.length, query('grid') ?? presetOf(this.arrangement.wall?.layout), query('page')))
  private readonly slots = $derived(this.order.slice(this.layout.first, this.layout.first + this.layout.size))
  readonly places: readonly Place[] = $derived(
    shownWith(this.loans, this.slots).flatMap((id, slot) => {
      const camera = cameras.named(id)
      const host = this.slots[slot] ?? id
      return camera === undefined ? [] : [{ camera, host: host === id ? null : (cameras.named(host) ?? null) }]
    }),
  )
  /** The tile in use: nothing takes its place. */
  readonly selected = $derived(query('tile'))
  readonly large = $derived(query('large') === 'on' && this.places.some(({ camera }) => camera.id === this.selected) ? this.selected : null)

  constructor(private readonly alerts: () => readonly Alert[]) {}

  /** Alerts of a camera that nobody has taken, the most severe first, the newest of these. */
  untaken(camera: string): Alert[] {
    return this.alerts().filter((alert) => alert.camera.id === camera && alert.state === 'open').sort((a, b) => b.severity - a.severity)
  }

  /** Bring forward what has an alert, take back what has none. Call it in an effect: it follows alerts, order and use. */
  follow(): void {
    const known = new Set(cameras.value.map((camera) => camera.id))
    const waiting = [...new Set(this.alerts().map((alert) => alert.camera.id))].filter((id) => known.has(id)).flatMap((camera) => {
      const [worst] = this.untaken(camera)
      return worst === undefined ? [] : [{ camera, alert: worst.id, severity: worst.severity, at: Date.parse(worst.captured_at) }]
    })
    const inUse = new Set([this.selected, this.held?.id].filter((id): id is string => typeof id === 'string'))
    const slots = this.slots
    if (this.held !== null) return
    untrack(() => {
      const before = this.loans
      this.loans = bring(before, { slots, waiting, inUse, lastUsed: this.lastUsed })
      if (this.loans !== before) this.tell(before)
    })
  }

  /** Somebody turned to a tile. */
  used(camera: string): void {
    this.lastUsed.set(camera, Date.now())
  }

  select(camera: string | null): void {
    if (camera !== null) this.used(camera)
    setQuery({ tile: camera, large: null })
  }

  enlarge(camera: string | null): void {
    if (camera !== null) this.used(camera)
    setQuery(camera === null ? { large: null } : { tile: camera, large: 'on' })
  }

  /** Turn to the tile at this place. */
  go(at: number): void {
    const place = this.places[at]
    if (place === undefined) return
    this.select(place.camera.id)
    this.focus(place.camera.id)
  }

  /** Move the focus to the tile that an arrow leads to. */
  step(from: string, arrow: Arrow): void {
    const next = this.places[towards(this.boxes(), this.indexOf(from), arrow)]
    if (next !== undefined) this.focus(next.camera.id)
  }

  focus(camera: string, what = '.hit'): void {
    this.tile(camera)?.querySelector<HTMLElement>(what)?.focus()
  }

  // -- arranging ---------------------------------------------------------------------------------------------------

  pickUp(id: string, by: Held['by']): void {
    this.used(id)
    this.held = { id, by, before: this.order }
    if (by === 'keys') this.say(t('wall.held', { camera: this.nameOf(id), place: this.indexOf(id) + 1, places: this.places.length }))
  }

  /** Move what is held one place. */
  async carry(arrow: Arrow): Promise<void> {
    if (this.held === null) return
    const { id } = this.held
    const other = this.places[towards(this.boxes(), this.indexOf(id), arrow)]
    if (other === undefined || other.camera.id === id || other.host !== null) return
    await this.exchange(id, other.camera.id)
    this.say(t('wall.carried', { camera: this.nameOf(id), place: this.indexOf(id) + 1, places: this.places.length, other: other.camera.name }))
  }

  /** Let go of what is held: where it is, or in exchange with another tile. */
  async drop(onto: string | null = null): Promise<void> {
    const held = this.held
    this.held = null
    if (held === null) return
    if (onto !== null && onto !== held.id && this.slots.includes(onto)) await this.exchange(held.id, onto)
    this.say(t('wall.dropped', { camera: this.nameOf(held.id), place: this.indexOf(held.id) + 1 }))
  }

  async putBack(): Promise<void> {
    const held = this.held
    this.held = null
    if (held === null) return
    this.arrangement.place(held.before)
    await tick()
    this.focus(held.id, held.by === 'keys' ? '.handle' : '.hit')
    this.say(t('wall.put_back', { camera: this.nameOf(held.id) }))
  }

  private async exchange(one: string, other: string): Promise<void> {
    this.arrangement.place(swapped(this.order, one, other))
    await tick() // moved in the page, it has lost the focus
    if (this.held?.by === 'keys') this.focus(one, '.handle')
  }

  // -- what was said -----------------------------------------------------------------------------------------------

  private tell(before: readonly Loan[]): void {
    const came = this.loans.filter((loan) => !before.some((one) => one.guest === loan.guest))
    const left = before.filter((loan) => !this.loans.some((one) => one.guest === loan.guest))
    const [first] = came
    const why = first === undefined ? undefined : this.untaken(first.guest)[0]
    if (first !== undefined && came.length > 1) this.say(counted('wall.forwards', came.length))
    else if (first !== undefined) this.say(t('wall.forward', { camera: this.nameOf(first.guest), host: this.nameOf(first.host), why: why === undefined ? '' : whySentence(why) }))
    else if (left[0] !== undefined) this.say(t('wall.back', { camera: this.nameOf(left[0].host) }))
  }

  private say(text: string): void {
    this.said = text
  }

  private nameOf(id: string): string {
    return cameras.named(id)?.name ?? ''
  }

  private indexOf(id: string): number {
    return this.places.findIndex(({ camera }) => camera.id === id)
  }

  private tile(camera: string): HTMLElement | null {
    return this.root?.querySelector<HTMLElement>(`[data-camera="${camera}"]`) ?? null
  }

  private boxes(): DOMRect[] {
    return this.places.map(({ camera }) => this.tile(camera.id)?.getBoundingClientRect() ?? new DOMRect())
  }
}
