/** A script under work: what is saved, what is changed and not saved, what the server refused of it, what a colleague saved meanwhile. */
import { addScript, changeScript, dryRunDraft, removeScript, type DryLine, type Script } from '../api/devices'
import { ApiError, isAbort, sentence } from '../api/errors'
import { Draft } from '../lib/drafts.svelte'
import { t } from '../lib/language.svelte'
import { newPress } from '../lib/press'
import { draftOf, inputOf, isSame, newStep, type ScriptFormDraft, type StepDraft, type StepKind } from './script-draft'
import { faultsOf, faultsSince, isOfSteps, saidOf, stillWrong, type StepFault, type StepField } from './script-faults'
import { changed, find, moved, withAt, without, type Slot } from './script-tree'

export class ScriptEditor {
  /** As it is saved; `null`: it is new. */
  script = $state.raw<Script | null>(null)
  draft = $state.raw<ScriptFormDraft>() as ScriptFormDraft
  /** What it is busy with. */
  busy = $state<'' | 'saving' | 'trying'>('')
  /** A sentence about all of it. */
  problem = $state('')
  /** The refusal was that something else is there by now. */
  conflict = false
  fields = $state.raw<Readonly<Record<string, string>>>({})
  faults = $state.raw<readonly StepFault[]>([])
  /** What it would do, of the steps as they are now. */
  tried = $state.raw<{ at: Date; lines: readonly DryLine[] } | null>(null)
  /** A colleague saved it since this was opened, while something here is not saved. */
  theirs = $state.raw<Script | null>(null)
  /** Unsaved work was found in this browser when it was opened. */
  found = $state(false)
  /** Steps that hold others are asked about before they go. */
  removing = $state.raw<{ title: string; run: () => void } | null>(null)
  /** What has just been done with a step, for who does not see it. */
  news = $state('')
  private base = $state.raw<ScriptFormDraft>() as ScriptFormDraft
  private done = $state(false)
  private asking: AbortController | null = null
  private readonly kept: Draft<ScriptFormDraft>

  constructor(
    script: Script | null,
    private readonly site: string,
  ) {
    this.kept = new Draft<ScriptFormDraft>(`script.${script?.id ?? 'new'}`, String(script?.version ?? 0))
    this.begin(script)
    const left = this.kept.value
    if (left === null || isSame(left, this.base)) return
    this.faults = []
    this.put(left)
    this.found = true
    if (this.kept.outdated) this.theirs = script
  }

  get dirty(): boolean {
    return !this.done && !isSame(this.draft, this.base)
  }

  /** Change what is entered about the script as a whole. */
  change(part: Partial<Omit<ScriptFormDraft, 'steps'>>): void {
    this.fields = Object.fromEntries(Object.entries(this.fields).filter(([name]) => !(name in part)))
    // Another site has other devices: what was said of them may no longer hold.
    if ('site' in part) this.faults = this.faults.filter((one) => one.field !== 'device')
    this.put({ ...this.draft, ...part })
  }
  /** Change something of a step. */
  changeStep(key: string, part: Partial<Pick<StepDraft, 'device' | 'state' | 'seconds' | 'otherwise'>>): void {
    this.faults = stillWrong(this.faults, key, Object.keys(part) as StepField[])
    this.putSteps(changed(this.draft.steps, key, (step) => ({ ...step, ...part })))
  }
  changeWays(key: string, ways: StepDraft[][]): void {
    const steps = changed(this.draft.steps, key, (step) => ({ ...step, ways }))
    this.faults = stillWrong(this.faults, key, []).filter((one) => find(steps, one.step) !== undefined)
    this.putSteps(steps)
  }
  /** The new step's key. */
  add(slot: Slot, kind: StepKind): string {
    const step = newStep(kind, newPress())
    this.faults = stillWrong(this.faults, slot.parent ?? '', [])
    this.putSteps(withAt(this.draft.steps, slot, step))
    return step.key
  }
  remove(key: string): void {
    const steps = without(this.draft.steps, key)
    this.faults = this.faults.filter((one) => find(steps, one.step) !== undefined)
    this.putSteps(steps)
  }
  move(key: string, by: -1 | 1): void {
    this.putSteps([...moved(this.draft.steps, key, by)])
  }

  /** The sentence about a field of the script as a whole; empty: nothing is wrong with it. */
  wrong(name: string): string {
    return this.fields[name] ?? ''
  }
  said = (step: string, field: StepField): string => saidOf(this.faults, step, field)

  /** Call it in an effect: what is not saved survives a reload. */
  keep(): void {
    if (this.dirty) this.kept.keep(this.draft)
    else this.kept.drop()
  }

  /** The script as the server has it now: followed, unless something here is not saved. */
  see(script: Script): void {
    if (this.script === null || this.busy === 'saving' || this.done || script.version <= this.script.version) return
    if (this.dirty) this.theirs = script
    else this.begin(script)
  }
  /** Show what is saved, and forget what is not. */
  throwAway(): void {
    this.kept.drop()
    this.begin(this.theirs ?? this.script)
  }
  /** Go on with what is here: it is saved over what the colleague saved. */
  goOn(): void {
    if (this.theirs === null) return
    const { draft } = this
    this.begin(this.theirs)
    this.faults = []
    this.put(draft)
  }

  /** The script as it is then; `null`: it was refused. */
  async save(): Promise<Script | null> {
    const { script } = this
    const input = inputOf(this.draft)
    const saved = await this.send('saving', () => (script === null ? addScript(input) : changeScript(script.id, { ...input, version: script.version })))
    if (saved === null) return null
    this.done = true
    this.kept.drop()
    return saved
  }
  /** Walk the steps as they are entered; devices are read, nothing is moved. */
  async tryIt(): Promise<void> {
    const { site, document } = inputOf(this.draft)
    const mine = (this.asking = new AbortController())
    this.tried = null
    const answer = await this.send('trying', () => dryRunDraft({ site, document }, mine.signal))
    if (answer !== null) this.tried = { at: new Date(), lines: answer.lines }
  }
  async removeScript(): Promise<void> {
    if (this.script === null) return
    await removeScript(this.script.id)
    this.done = true
    this.kept.drop()
  }
  stop(): void {
    this.asking?.abort()
  }

  private putSteps(steps: StepDraft[]): void {
    this.put({ ...this.draft, steps })
  }
  private put(draft: ScriptFormDraft): void {
    this.draft = draft
    // What was asked or said belongs to what was entered then.
    this.asking?.abort()
    this.tried = null
    if (this.faults.length === 0 && Object.keys(this.fields).length === 0) this.problem = ''
  }
  private begin(script: Script | null): void {
    this.script = script
    this.base = draftOf(script, this.site)
    this.fields = {}
    this.faults = []
    this.put(this.base)
    if (script !== null && script.problems.length > 0) {
      this.faults = faultsSince(this.base.steps, script.problems)
      this.problem = t('script_form.since')
    }
    this.theirs = null
    this.found = false
  }

  private async send<T>(what: 'saving' | 'trying', action: () => Promise<T>): Promise<T | null> {
    if (this.busy !== '') return null
    this.busy = what
    this.problem = ''
    this.conflict = false
    this.fields = {}
    this.faults = []
    const { steps } = this.draft // the server's places are those of what was sent
    try {
      return await action()
    } catch (error) {
      if (!isAbort(error)) this.refuse(error, steps)
      return null
    } finally {
      this.busy = ''
    }
  }
  private refuse(error: unknown, steps: readonly StepDraft[]): void {
    this.problem = sentence(error)
    if (!(error instanceof ApiError)) return
    this.conflict = error.status === 409
    this.faults = faultsOf(steps, error.fields)
    this.fields = Object.fromEntries(Object.entries(error.fields).filter(([field]) => !isOfSteps(field)))
    // What stands at its place is not said again for all of it.
    if (Object.values(error.fields).includes(error.message)) this.problem = t('form.wrong')
  }
}
