/** Tests of many cameras in the background: one after the other, going on while other screens are looked at. */
import { readCamera, testCamera } from '../../api/endpoints'
import { ApiError, isAbort, sentence } from '../../api/errors'
import { onLeft } from '../../lib/session.svelte'
import type { Added } from './importing.svelte'

export interface TestResult extends Added {
  state: 'queued' | 'testing' | 'good' | 'bad'
  sentence: string
  width: number
  height: number
}

/** The server lets only so many tests through in a minute. */
const AGAIN_MS = 5000

class Tests {
  results = $state<TestResult[]>([])
  running = $state(false)
  /** Whether it waits because the server asks for patience. */
  waiting = $state(false)
  private stopping: AbortController | null = null

  readonly total = $derived(this.results.length)
  readonly good = $derived(this.results.filter((one) => one.state === 'good').length)
  readonly done = $derived(this.results.filter((one) => one.state === 'good' || one.state === 'bad').length)

  async start(cameras: readonly Added[]): Promise<void> {
    if (this.running) return
    const mine = (this.stopping = new AbortController())
    this.results = cameras.map((camera) => ({ ...camera, state: 'queued', sentence: '', width: 0, height: 0 }))
    this.running = true
    try {
      for (const one of this.results) await this.test(one, mine.signal)
    } catch (error) {
      if (!isAbort(error)) throw error
    } finally {
      this.running = this.waiting = false
      for (const one of this.results) if (one.state === 'testing') one.state = 'queued'
    }
  }

  stop(): void {
    this.stopping?.abort()
  }

  /** Nobody is signed in any more: the next person's tests are others. */
  forget(): void {
    this.stop()
    this.results = []
  }

  private async test(one: TestResult, signal: AbortSignal): Promise<void> {
    one.state = 'testing'
    for (;;) {
      try {
        const camera = await readCamera(one.id, signal)
        const found = await testCamera({ camera: camera.id, source: camera.source, address: camera.address }, signal)
        Object.assign(one, { state: 'good', width: found.width, height: found.height })
        return
      } catch (error) {
        if (isAbort(error)) throw error
        if (error instanceof ApiError && error.status === 429) await this.pause(signal)
        else {
          Object.assign(one, { state: 'bad', sentence: sentence(error) })
          return
        }
      }
    }
  }

  private async pause(signal: AbortSignal): Promise<void> {
    this.waiting = true
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, AGAIN_MS)
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        reject(new DOMException('', 'AbortError'))
      }, { once: true })
    })
    this.waiting = false
  }
}

export const tests = new Tests()
onLeft(() => tests.forget())
