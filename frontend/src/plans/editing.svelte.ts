/** A plan while it is edited: what it is now, what was before, and whether it is saved. */
import type { FloorPlan, PlacedCamera, PlanArea, PlanInput } from '../api/places'
import { Draft } from '../lib/drafts.svelte'

const MOST_STEPS = 200

export function inputOf(plan: FloorPlan): PlanInput {
  return { name: plan.name, level: plan.level, cameras: plan.cameras, areas: plan.areas }
}

export class PlanEditing {
  now = $state.raw<PlanInput>() as PlanInput
  /** The version that the work began from. */
  readonly version: number
  /** Work that was left here before and is shown again. */
  readonly found: Date | null
  /** A colleague has changed the plan since that work was begun. */
  readonly outdated: boolean
  private readonly saved: PlanInput
  private readonly draft: Draft<PlanInput>
  private past = $state.raw<readonly PlanInput[]>([])
  private future = $state.raw<readonly PlanInput[]>([])
  private group = ''

  constructor(plan: FloorPlan) {
    this.saved = inputOf(plan)
    this.version = plan.version
    this.draft = new Draft<PlanInput>(`plan.${plan.id}`, String(plan.version))
    this.found = this.draft.found
    this.outdated = this.draft.outdated
    this.now = this.draft.value ?? this.saved
  }

  get dirty(): boolean {
    return JSON.stringify(this.now) !== JSON.stringify(this.saved)
  }
  get canUndo(): boolean {
    return this.past.length > 0
  }
  get canRedo(): boolean {
    return this.future.length > 0
  }

  /** Take over a change. Changes of one `group` that follow each other are undone together: a drag, a row of key presses. */
  change(change: Partial<PlanInput>, group = ''): void {
    if (group === '' || group !== this.group) this.past = [...this.past.slice(-MOST_STEPS), this.now]
    this.group = group
    this.future = []
    this.show({ ...this.now, ...change })
  }
  /** What comes next is another change, even of the same thing. */
  endGroup(): void {
    this.group = ''
  }
  changeCamera(camera: PlacedCamera, group = ''): void {
    this.change({ cameras: this.now.cameras.map((one) => (one.camera === camera.camera ? camera : one)) }, group)
  }
  changeArea(index: number, area: PlanArea, group = ''): void {
    this.change({ areas: this.now.areas.map((one, at) => (at === index ? area : one)) }, group)
  }

  undo(): void {
    const before = this.past.at(-1)
    if (before === undefined) return
    this.past = this.past.slice(0, -1)
    this.future = [...this.future, this.now]
    this.group = ''
    this.show(before)
  }
  redo(): void {
    const after = this.future.at(-1)
    if (after === undefined) return
    this.future = this.future.slice(0, -1)
    this.past = [...this.past, this.now]
    this.group = ''
    this.show(after)
  }

  /** It was saved, or given up. */
  drop(): void {
    this.draft.drop()
  }

  private show(now: PlanInput): void {
    this.now = now
    if (this.dirty) this.draft.keep(now)
    else this.draft.drop()
  }
}
