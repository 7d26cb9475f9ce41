/** The cameras as the console knows them: read from the API, kept by the feed. */
import { listCameras, readCamera, readWatchers } from '../api/endpoints'
import { isAbort, sentence } from '../api/errors'
import type { Camera, WatchersView } from '../api/types'
import type { FeedEvent } from '../feed/protocol'

export class CameraWall {
  cameras = $state.raw<Camera[]>([])
  watchers = $state.raw<WatchersView | null>(null)
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state('')

  async load(): Promise<void> {
    try {
      const [cameras, watchers] = await Promise.all([listCameras(), readWatchers()])
      this.cameras = cameras
      this.watchers = watchers
      this.phase = 'ready'
    } catch (error) {
      if (isAbort(error)) return
      this.error = sentence(error)
      this.phase = 'failed'
    }
  }

  /** A camera was changed or its watch goes otherwise: read it again, because its sentence is in our language only there. */
  hear(event: FeedEvent): void {
    const id = event.payload['camera']
    if (typeof id !== 'string') return
    if (event.kind === 'camera.changed') void this.load()
    if (event.kind !== 'camera.state') return
    const known = this.cameras.find((camera) => camera.id === id)
    const { state, reason } = event.payload
    if (known === undefined || known.status.state !== state || (known.status.reason ?? '') !== (reason ?? '')) void this.refresh(id)
  }

  private async refresh(id: string): Promise<void> {
    try {
      const [camera, watchers] = await Promise.all([readCamera(id), readWatchers()])
      this.cameras = this.cameras.map((one) => (one.id === id ? camera : one))
      this.watchers = watchers
    } catch {
      // The tile itself says what is wrong; the next event or reload brings the rest.
    }
  }
}
