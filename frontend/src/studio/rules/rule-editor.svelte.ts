/** One rule under work: what is saved, what is changed and not saved, and what colleagues do meanwhile. */
import { addRule, changeRule, readRule, removeRule } from '../../api/endpoints'
import { ApiError } from '../../api/errors'
import { goBack } from '../../api/rules'
import type { Rule, RuleStateName } from '../../api/types'
import { Draft } from '../../lib/drafts.svelte'
import { FormState } from '../shared/form.svelte'
import { changed, draftOf, FIELDS, inputOf, merged, type FieldName, type RuleDraft } from './rule-draft'

/** What a browser keeps of unsaved work: also what it began from, so that it can be put on what a colleague made of it. */
interface Kept {
  base: RuleDraft
  draft: RuleDraft
}

/** A colleague changed the rule while it was being worked on. */
export interface Meanwhile {
  /** The server's sentence: who, when and what; empty when the feed told of it. */
  sentence: string
  version: number
  both: FieldName[]
}

const ERROR_FIELDS = [...FIELDS, 'camera', 'state']

export class RuleEditor {
  readonly form = new FormState()
  rule = $state.raw<Rule | null>(null)
  draft = $state<RuleDraft>() as RuleDraft
  meanwhile = $state.raw<Meanwhile | null>(null)
  /** Why it is changed; stands with the version. */
  comment = $state('')
  /** The draft was found in this browser when the page was opened. */
  found = $state(false)
  private base = $state.raw<RuleDraft>() as RuleDraft
  private kept: Draft<Kept>

  constructor(rule: Rule | null, start: RuleDraft) {
    this.rule = rule
    this.kept = this.keeper()
    const left = this.kept.value
    this.base = start
    this.draft = structuredClone(start)
    if (left !== null && (rule === null || left.draft.camera === rule.camera)) {
      const together = rule === null ? { draft: left.draft, both: [] } : merged(left.base, left.draft, start)
      this.draft = together.draft
      this.found = true
      if (rule !== null && this.kept.outdated) this.meanwhile = { sentence: '', version: rule.version, both: together.both }
    }
  }

  get changes(): FieldName[] {
    return changed(this.base, this.draft)
  }

  get dirty(): boolean {
    return this.changes.length > 0 || (this.rule === null && this.draft.camera !== this.base.camera)
  }

  /** Call it in an effect: what is not saved survives a reload. */
  keep(): void {
    if (this.dirty) this.kept.keep({ base: $state.snapshot(this.base), draft: $state.snapshot(this.draft) })
    else this.kept.drop()
  }

  throwAway(): void {
    this.comment = ''
    this.draft = structuredClone(this.base)
    this.meanwhile = null
    this.found = false
    this.form.problem = ''
    this.form.fields = {}
    this.kept.drop()
  }

  /** Save what is changed; with `state`, switch it in the same step. Returns the rule, or `null` when it was refused. */
  async save(state?: RuleStateName): Promise<Rule | null> {
    const input = inputOf($state.snapshot(this.draft))
    const known = this.rule
    const own = Object.fromEntries(this.changes.map((name) => [name, input[name]]))
    const saved = await this.send(() => (known === null ? addRule({ ...input, camera: this.draft.camera, state: state ?? 'silent' }) : changeRule(known.id, { ...own, ...(state && { state }), ...(this.comment.trim() !== '' && { comment: this.comment.trim() }), version: known.version })))
    if (saved !== null) {
      this.comment = ''
      this.kept.drop()
      this.begin(saved, draftOf(saved))
    }
    return saved
  }

  /** Switch the saved rule, or renew it; what is changed and not saved stays as it is. */
  async act(change: { state: RuleStateName } | { renew: true }): Promise<Rule | null> {
    const known = this.rule
    if (known === null) return null
    return this.took(await this.send(() => changeRule(known.id, { ...change, version: known.version })))
  }

  async goBackTo(version: number): Promise<Rule | null> {
    const known = this.rule
    if (known === null) return null
    return this.took(await this.send(() => goBack(known.id, version, known.version)))
  }

  /** Remove the rule, and what was not saved with it. Throws what the server refuses. */
  async remove(): Promise<void> {
    if (this.rule === null) return
    await removeRule(this.rule.id)
    this.throwAway()
  }

  /** The feed says that the rule is otherwise now. */
  async heard(version: number): Promise<void> {
    const known = this.rule
    if (known === null || version <= known.version || this.form.busy) return
    this.comeTogether(await readRule(known.id), '')
  }

  private async send(action: () => Promise<Rule>): Promise<Rule | null> {
    let first: ApiError | null = null
    const done = await this.form.send(async () => {
      try {
        return await action()
      } catch (error) {
        if (error instanceof ApiError && error.code === 'rule_changed') first = error
        throw error
      }
    }, ERROR_FIELDS)
    const refusal = first as ApiError | null
    if (refusal !== null && this.rule !== null) {
      const theirs = await readRule(this.rule.id).catch(() => null)
      if (theirs !== null) {
        this.form.problem = ''
        this.comeTogether(theirs, refusal.message)
      }
    }
    return done
  }

  /** Take what the server has now as the beginning, and put one's own changes on it. */
  private comeTogether(theirs: Rule, sentence: string): void {
    const wasDirty = this.dirty
    const together = merged(this.base, $state.snapshot(this.draft), draftOf(theirs))
    this.begin(theirs, draftOf(theirs))
    this.draft = together.draft
    this.meanwhile = wasDirty || sentence !== '' ? { sentence, version: theirs.version, both: together.both } : null
  }

  /** One's own act on the saved rule: nothing that a colleague did. */
  private took(rule: Rule | null): Rule | null {
    if (rule === null) return null
    const together = merged(this.base, $state.snapshot(this.draft), draftOf(rule))
    this.begin(rule, draftOf(rule))
    this.draft = together.draft
    return rule
  }

  private begin(rule: Rule, base: RuleDraft): void {
    this.rule = rule
    this.base = base
    this.draft = structuredClone(base)
    this.meanwhile = null
    this.found = false
    this.kept = this.keeper()
  }

  private keeper(): Draft<Kept> {
    return new Draft<Kept>(`rule.${this.rule?.id ?? 'new'}`, String(this.rule?.version ?? 0))
  }
}
