/** What the room of connected objects reads: devices, brokers, scripts, and the runs that are not over. */
import { listBrokers, listDevices, listDrivers, listRuns, listScripts, readRun, type Broker, type Device, type Driver, type Run, type Script } from '../api/devices'
import { isAbort } from '../api/errors'
import { alsoKept } from '../data'
import { seldom } from '../data/seldom'
import { Shared } from '../data/shared.svelte'
import { feed } from '../feed/feed.svelte'
import type { FeedEvent } from '../feed/protocol'
import { onLeft } from '../lib/session.svelte'
import { heard, isOver } from './words'

/** Devices, by name. What the feed tells of one is shown at once; the whole list is read again soon after. */
class Devices extends Shared<readonly Device[]> {
  private followed = false

  constructor() {
    super(seldom(listDevices, 1000), [], (event) => event.kind === 'device.changed')
  }

  override use(): void {
    if (!this.followed) {
      this.followed = true
      feed.listen({ onEvent: (event) => { if (event.kind === 'device.changed') this.value = heard(this.value, event.payload) } })
    }
    super.use()
  }
}

/** Runs that are not over, and those begun on this page until they were looked at. */
class Runs extends Shared<readonly Run[]> {
  /** Begun here and over by now, with what went wrong. */
  ended = $state.raw<readonly Run[]>([])
  private own = new Set<string>()
  private followed = false

  constructor() {
    super(seldom((signal) => listRuns({ under_way: 'true' }, signal), 400), [], (event) => event.kind === 'script_run.changed')
  }

  override use(): void {
    if (!this.followed) {
      this.followed = true
      feed.listen({ onEvent: (event) => void this.hear(event), onReload: () => { for (const id of this.own) void this.look(id) } })
    }
    super.use()
  }

  /** It was begun on this page: its end is told here too. */
  begun(run: Run): void {
    this.own.add(run.id)
    if (!this.value.some((one) => one.id === run.id)) this.value = [run, ...this.value]
  }

  /** As the server has just answered. */
  tell(run: Run): void {
    if (!isOver(run.state)) this.value = this.value.map((one) => (one.id === run.id ? run : one))
    else {
      this.value = this.value.filter((one) => one.id !== run.id)
      if (this.own.delete(run.id)) this.ended = [run, ...this.ended]
    }
  }

  close(id: string): void {
    this.ended = this.ended.filter((one) => one.id !== id)
  }

  override forget(): void {
    super.forget()
    this.ended = []
    this.own.clear()
  }

  private async hear({ kind, payload }: FeedEvent): Promise<void> {
    if (kind === 'script_run.changed' && typeof payload['run'] === 'string' && this.own.has(payload['run'])) await this.look(payload['run'])
  }

  private async look(id: string): Promise<void> {
    try {
      this.tell(await readRun(id))
    } catch (error) {
      if (!isAbort(error)) void this.reload() // the list's own error says what is wrong
    }
  }
}

export const devices = new Devices()
export const drivers = new Shared<readonly Driver[]>(listDrivers, [])
export const brokers = new Shared<readonly Broker[]>(listBrokers, [], (event) => event.kind === 'device_connection.changed')
export const scripts = new Shared<readonly Script[]>(listScripts, [], (event) => event.kind === 'script.changed')
export const runs = new Runs()
alsoKept(devices, drivers, brokers, scripts, runs)
onLeft(() => runs.forget())
