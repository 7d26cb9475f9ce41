/** A safeguard plan on screen: what is read of it, and what is being changed of each of its parts. */
import { ApiError, isAbort, sentence } from '../api/errors'
import { changePcs, listPcs, readPcs, type PcsBrief, type PcsDetail } from '../api/pcs'
import { alsoKept } from '../data'
import { seldom } from '../data/seldom'
import { Shared } from '../data/shared.svelte'
import { FormState } from '../studio/shared/form.svelte'
import { draftOf, FIELDS, inputOf, type Drafts, type Part } from './parts'

export const allPcs = new Shared<readonly PcsBrief[]>(seldom(listPcs, 500), [], (event) => event.kind === 'pcs.changed')
alsoKept(allPcs)

/** A part that is being changed, against the version that it was begun from. */
export class PartEdit<P extends Part> {
  draft = $state<Drafts[P] | null>(null)
  /** A colleague has changed this very part since. */
  overtaken = $state(false)
  readonly form = new FormState()
  private begun = ''
  private version = 0

  constructor(readonly part: P) {}

  get dirty(): boolean {
    return this.draft !== null && JSON.stringify(this.draft) !== this.begun
  }

  begin(plan: PcsDetail): void {
    const draft = draftOf[this.part](plan)
    this.draft = draft
    this.begun = JSON.stringify(draft)
    this.version = plan.version
    this.overtaken = false
    this.form.clear()
  }

  cancel(): void {
    this.draft = null
    this.overtaken = false
    this.form.clear()
  }

  /** The plan has changed. Where this part has not, what is entered goes on from there; where nothing is entered, it is shown. */
  follow(plan: PcsDetail): void {
    if (this.draft === null || plan.version <= this.version) return
    if (JSON.stringify(draftOf[this.part](plan)) === this.begun) this.version = plan.version
    else if (this.dirty) this.overtaken = true
    else this.begin(plan)
  }

  /** Save; returns the plan, or `null` when it was refused. A change of another part that was first is no reason. */
  async save(id: string): Promise<PcsDetail | null> {
    if (this.draft === null) return null
    const input = inputOf[this.part]($state.snapshot(this.draft) as Drafts[P])
    const { begun } = this
    let tried = 0
    const send = (): Promise<PcsDetail> => changePcs(id, { ...input, version: (tried = this.version) })
    const saved = await this.form.send(async () => {
      try {
        return await send()
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'changed_meanwhile') throw error
        // The feed may have told of it meanwhile, and this part may have been begun anew with what is a colleague's.
        this.follow(await readPcs(id))
        if (this.overtaken || this.begun !== begun || this.version === tried) throw error
        return await send()
      }
    }, FIELDS[this.part])
    if (saved !== null) this.cancel()
    return saved
  }
}

export class PcsState {
  plan = $state.raw<PcsDetail | null>(null)
  problem = $state('')
  readonly edits: { [P in Part]: PartEdit<P> } = {
    facts: new PartEdit('facts'),
    directors: new PartEdit('directors'),
    cells: new PartEdit('cells'),
    sheets: new PartEdit('sheets'),
    shelters: new PartEdit('shelters'),
    volunteers: new PartEdit('volunteers'),
  }
  private asking: AbortController | null = null

  get dirty(): boolean {
    return Object.values(this.edits).some((edit) => edit.dirty)
  }

  async load(id: string): Promise<void> {
    this.asking?.abort()
    const { signal } = (this.asking = new AbortController())
    try {
      const plan = await readPcs(id, signal)
      if (!signal.aborted) this.take(plan)
    } catch (error) {
      if (!isAbort(error)) this.problem = sentence(error)
    }
  }

  /** The plan as it is now. */
  take(plan: PcsDetail): void {
    if (this.plan !== null && this.plan.id === plan.id && plan.version < this.plan.version) return // an answer that was overtaken
    this.plan = plan
    this.problem = ''
    for (const edit of Object.values(this.edits)) edit.follow(plan)
  }

  stop(): void {
    this.asking?.abort()
  }
}
