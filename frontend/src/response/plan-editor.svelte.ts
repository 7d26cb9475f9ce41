/** One version of a plan under work: what is saved, what is changed and not saved, what is missing in it and whom it reaches. */
import { approvePlan, readHoles, readPlanVersion, readReach, savePlan, sendPlanBack, submitPlan, type PlanContent, type PlanHole, type PlanReach, type PlanStep, type PlanVersion } from '../api/response'
import type { Named } from '../api/types'
import { ApiError, isAbort, sentence } from '../api/errors'
import { Draft } from '../lib/drafts.svelte'
import { withProof } from '../people/proof.svelte'
import { asSent, stepOf, withoutStep, withStep } from './content'

interface Kept {
  content: PlanContent
  risk: string | null
}

/** What the server found wrong with what was sent: where, and a sentence. */
export interface WrongField {
  field: string
  sentence: string
}

export class PlanEditor {
  version = $state.raw<PlanVersion>() as PlanVersion
  content = $state.raw<PlanContent>() as PlanContent
  risk = $state.raw<string | null>(null)
  busy = $state(false)
  problem = $state('')
  wrong = $state.raw<readonly WrongField[]>([])
  /** A colleague saved since this was opened: what they saved, while something here is not saved. */
  theirs = $state.raw<PlanVersion | null>(null)
  /** Unsaved work was found in this browser when it was opened. */
  found = $state(false)
  holes = $state.raw<readonly PlanHole[] | null>(null)
  reach = $state.raw<PlanReach | null>(null)
  checkProblem = $state('')
  /** People who were found while searching, by whom the version's own names do not tell yet. */
  people = $state.raw<readonly Named[]>([])
  private readonly kept: Draft<Kept>
  private asking: AbortController | null = null

  constructor(version: PlanVersion) {
    this.kept = new Draft<Kept>(`response.${version.id}`, String(version.edits))
    this.begin(version)
    const left = this.kept.value
    if (left === null || version.state !== 'draft') return
    this.content = left.content
    this.risk = left.risk
    this.found = this.dirty
    if (this.kept.outdated && this.dirty) this.theirs = version
  }

  get dirty(): boolean {
    return this.version.state === 'draft' && (this.risk !== this.version.risk || JSON.stringify(this.content) !== JSON.stringify(this.version.document))
  }

  change(content: PlanContent): void {
    this.content = content
  }
  put(step: PlanStep): void {
    this.content = withStep(this.content, step)
  }
  remove(key: string): void {
    this.content = withoutStep(this.content, key)
  }
  step(key: string): PlanStep | undefined {
    return stepOf(this.content, key)
  }

  /** Call it in an effect: what is not saved survives a reload. */
  keep(): void {
    if (this.dirty) this.kept.keep({ content: this.content, risk: this.risk })
    else this.kept.drop()
  }

  /** Show what is saved, and forget what is not. */
  throwAway(): void {
    this.kept.drop()
    this.begin(this.theirs ?? this.version)
    void this.check()
  }

  /** Go on with what is here: it is saved over what the colleague saved. */
  goOn(): void {
    if (this.theirs === null) return
    const { content, risk } = this
    this.version = this.theirs
    this.theirs = null
    this.content = content
    this.risk = risk
  }

  async save(): Promise<boolean> {
    return this.send(() => savePlan(this.version.plan, this.version.edits, asSent(this.content), this.risk))
  }
  submit = (): Promise<boolean> => this.send(() => submitPlan(this.version.plan, this.version.edits))
  approve = (): Promise<boolean> => this.send(() => withProof(() => approvePlan(this.version.plan, this.version.edits)))
  sendBack = (comment: string): Promise<boolean> => this.send(() => sendPlanBack(this.version.plan, this.version.edits, comment))

  /** A colleague did something with the plan: follow them, unless something here is not saved. */
  async look(): Promise<void> {
    if (this.busy) return
    try {
      const version = await readPlanVersion(this.version.plan, this.version.id)
      if (this.busy || (version.edits === this.version.edits && version.state === this.version.state)) return
      if (this.dirty) this.theirs = version
      else this.begin(version)
      void this.check()
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.problem = sentence(error)
    }
  }

  /** What is missing in what is saved, and whom it reaches now. */
  async check(): Promise<void> {
    this.asking?.abort()
    const mine = (this.asking = new AbortController())
    const { plan, id } = this.version
    try {
      const [{ holes }, reach] = await Promise.all([readHoles(plan, id, mine.signal), readReach(plan, id, mine.signal)])
      if (mine.signal.aborted) return
      this.holes = holes
      this.reach = reach
      this.checkProblem = ''
    } catch (error) {
      if (!isAbort(error)) this.checkProblem = sentence(error)
    }
  }

  /** Forget what was refused last. */
  clear(): void {
    this.problem = ''
    this.wrong = []
  }

  stop(): void {
    this.asking?.abort()
  }

  private begin(version: PlanVersion): void {
    this.version = version
    this.content = version.document
    this.risk = version.risk
    this.theirs = null
    this.found = false
    this.problem = ''
    this.wrong = []
  }

  /** `null` is no change: who was asked for a proof gave none. */
  private async send(action: () => Promise<PlanVersion | null>): Promise<boolean> {
    if (this.busy) return false
    this.busy = true
    this.problem = ''
    this.wrong = []
    try {
      const saved = await action()
      if (saved === null) return false
      this.kept.drop()
      this.begin(saved)
      void this.check()
      return true
    } catch (error) {
      this.problem = sentence(error)
      if (error instanceof ApiError) {
        this.wrong = Object.entries(error.fields).map(([field, text]) => ({ field, sentence: text }))
        if (error.code === 'changed_meanwhile') await this.meet()
      }
      return false
    } finally {
      this.busy = false
    }
  }

  private async meet(): Promise<void> {
    try {
      this.theirs = await readPlanVersion(this.version.plan, this.version.id)
    } catch {
      // The refusal's own sentence says what to do.
    }
  }
}
