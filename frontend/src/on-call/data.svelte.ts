/** What the room of schedules reads: who is on call now, and one schedule with everything that is shown of it. */
import { listOverrides, listRotations, listStandings, readCalendar, readSchedule, type Calendar, type Override, type Rotation, type Schedule, type Standing } from '../api/onCall'
import { isAbort, sentence } from '../api/errors'
import { alsoKept } from '../data'
import { seldom } from '../data/seldom'
import { Shared } from '../data/shared.svelte'

export const standings = new Shared<readonly Standing[]>(seldom(listStandings, 500), [], (event) => event.kind === 'on_call.changed' || event.kind === 'person.changed')
alsoKept(standings)

/** One schedule, for some days. What was read stands until the next answer is here. */
export class ScheduleView {
  schedule = $state.raw<Schedule | null>(null)
  rotations = $state.raw<readonly Rotation[]>([])
  overrides = $state.raw<readonly Override[]>([])
  calendar = $state.raw<Calendar | null>(null)
  problem = $state('')
  private asking: AbortController | null = null
  private wanted: { id: string; from: number; to: number } | null = null

  show(id: string, from: number, to: number): void {
    if (this.wanted?.id !== id) this.schedule = this.calendar = null
    this.wanted = { id, from, to }
    void this.load()
  }

  async load(): Promise<void> {
    const { wanted } = this
    if (wanted === null) return
    this.asking?.abort()
    const { signal } = (this.asking = new AbortController())
    try {
      const [schedule, rotations, overrides, calendar] = await Promise.all([
        readSchedule(wanted.id, signal), listRotations(wanted.id, signal), listOverrides(wanted.id, signal), readCalendar(wanted.id, new Date(wanted.from), new Date(wanted.to), signal),
      ])
      if (signal.aborted) return
      Object.assign(this, { schedule, rotations, overrides, calendar, problem: '' })
    } catch (error) {
      if (!isAbort(error)) this.problem = sentence(error)
    }
  }

  stop(): void {
    this.asking?.abort()
  }
}
