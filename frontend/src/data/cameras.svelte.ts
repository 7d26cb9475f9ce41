/** The cameras in the member's reach; one whose watch goes otherwise is read alone. */
import { listCameras, readCamera } from '../api/endpoints'
import type { Camera } from '../api/types'
import { feed } from '../feed/feed.svelte'
import type { FeedEvent } from '../feed/protocol'
import { SvelteMap } from 'svelte/reactivity'
import { Shared } from './shared.svelte'

/** What the watch of a camera says of itself every few seconds. */
export interface Figures {
  rate: number
  cores: number | null
}

export class Cameras extends Shared<readonly Camera[]> {
  private followed = false
  /** The newest figures that the feed told; what a camera's status says is as old as the camera was read. */
  readonly figures = new SvelteMap<string, Figures>()

  /** @param turned Called when the watch of a camera goes otherwise. */
  constructor(private readonly turned: () => void) {
    super(listCameras, [], (event) => event.kind === 'camera.changed')
  }

  override use(): void {
    super.use()
    if (this.followed) return
    this.followed = true
    feed.listen({ onEvent: (event) => this.hear(event) })
  }

  named(id: string | null | undefined): Camera | undefined {
    return this.value.find((camera) => camera.id === id)
  }

  /** Its sentence is in our language only in the API: read it again when it became another one. */
  private hear(event: FeedEvent): void {
    const { camera: id, state, reason, next_try } = event.payload
    if (event.kind !== 'camera.state' || typeof id !== 'string') return
    const { analysed_per_second: rate, cores } = event.payload
    if (typeof rate === 'number') this.figures.set(id, { rate, cores: typeof cores === 'number' ? cores : null })
    const known = this.named(id)
    if (known === undefined) return
    if (known.status.state === state && (known.status.reason ?? '') === (reason ?? '')) {
      const next = typeof next_try === 'string' ? next_try : null
      if (next !== known.status.next_try) this.value = this.value.map((one) => (one === known ? { ...one, status: { ...one.status, next_try: next } } : one))
      return
    }
    void this.readOne(id)
    this.turned()
  }

  private async readOne(id: string): Promise<void> {
    try {
      const camera = await readCamera(id)
      this.value = this.value.map((one) => (one.id === id ? camera : one))
    } catch {
      void this.reload() // it may be gone, or the network is: the list's own error says which
    }
  }
}
