/** A risk under work: what is saved, what is changed and not saved, what a colleague saved meanwhile. */
import { addRisk, changeRisk, removeRisk, type Audit, type AuditedRisk } from '../api/audits'
import { ApiError, sentence } from '../api/errors'
import { Draft } from '../lib/drafts.svelte'
import { draftOf, EMPTY_RISK, inputOf, isSame, type RiskDraft } from './risk-draft'

export class RiskEditor {
  /** As it is saved; `null`: it is new. */
  risk = $state.raw<AuditedRisk | null>(null)
  draft = $state.raw<RiskDraft>(EMPTY_RISK)
  busy = $state(false)
  problem = $state('')
  fields = $state.raw<Readonly<Record<string, string>>>({})
  /** A colleague saved it since this was opened, while something here is not saved. */
  theirs = $state.raw<AuditedRisk | null>(null)
  /** Unsaved work was found in this browser when it was opened. */
  found = $state(false)
  private base = EMPTY_RISK
  private done = false
  private readonly kept: Draft<RiskDraft>

  constructor(
    readonly audit: string,
    risk: AuditedRisk | null,
  ) {
    this.kept = new Draft<RiskDraft>(`audit.${audit}.${risk?.reference ?? 'new'}`, String(risk?.version ?? 0))
    this.begin(risk)
    const left = this.kept.value
    if (left === null) return
    this.draft = left
    this.found = this.dirty
    if (this.kept.outdated && this.dirty) this.theirs = risk
  }

  get dirty(): boolean {
    return !this.done && !isSame(this.draft, this.base)
  }

  change(change: Partial<RiskDraft>): void {
    this.draft = { ...this.draft, ...change }
  }

  /** The sentence about a field; empty: nothing is wrong with it. */
  wrong(name: string): string {
    return Object.entries(this.fields).filter(([field]) => field === name || field.startsWith(`${name}.`)).map(([, text]) => text).join(' ')
  }

  /** Call it in an effect: what is not saved survives a reload. */
  keep(): void {
    if (this.dirty) this.kept.keep(this.draft)
    else this.kept.drop()
  }

  /** The risk as the server has it now: followed, unless something here is not saved. */
  see(risk: AuditedRisk): void {
    if (this.risk === null || this.busy || this.done || risk.version <= this.risk.version) return
    if (this.dirty) this.theirs = risk
    else this.begin(risk)
  }

  /** Show what is saved, and forget what is not. */
  throwAway(): void {
    this.kept.drop()
    this.begin(this.theirs ?? this.risk)
  }

  /** Go on with what is here: it is saved over what the colleague saved. */
  goOn(): void {
    if (this.theirs === null) return
    const { draft } = this
    this.begin(this.theirs)
    this.draft = draft
  }

  /** The audit as it is then; `null`: it was refused. */
  async save(): Promise<Audit | null> {
    const { risk } = this
    return this.send(() => (risk === null ? addRisk(this.audit, inputOf(this.draft)) : changeRisk(this.audit, risk.id, risk.version, inputOf(this.draft))))
  }

  async remove(): Promise<void> {
    if (this.risk === null) return
    await removeRisk(this.audit, this.risk.id)
    this.done = true
    this.kept.drop()
  }

  private begin(risk: AuditedRisk | null): void {
    this.risk = risk
    this.base = risk === null ? EMPTY_RISK : draftOf(risk)
    this.draft = this.base
    this.theirs = null
    this.found = false
    this.problem = ''
    this.fields = {}
  }

  private async send(action: () => Promise<Audit>): Promise<Audit | null> {
    if (this.busy) return null
    this.busy = true
    this.problem = ''
    this.fields = {}
    try {
      const saved = await action()
      this.done = true
      this.kept.drop()
      return saved
    } catch (error) {
      this.problem = sentence(error)
      if (error instanceof ApiError) this.fields = error.fields
      return null
    } finally {
      this.busy = false
    }
  }
}
