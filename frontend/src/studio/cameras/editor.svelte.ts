/** A camera while it is filled in: what is saved, what is entered, what survives a reload, and what a colleague did meanwhile. */
import { addCamera, changeCamera, readCamera } from '../../api/endpoints'
import { sentence } from '../../api/errors'
import type { Camera } from '../../api/types'
import { Draft } from '../../lib/drafts.svelte'
import { FormState } from '../shared/form.svelte'
import { changesIn, draftOf, emptyCamera, FIELDS, inputOf, keepable, type CameraDraft } from './camera-draft'

export class CameraEditor {
  camera = $state.raw<Camera | null>(null)
  draft = $state<CameraDraft>(emptyCamera(''))
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  problem = $state('')
  /** When what is entered here had been left, if it came out of this browser's storage. */
  found = $state.raw<Date | null>(null)
  /** The newest version that the feed told of. */
  private newest = $state(0)
  /** What was found here had been entered on another version than is saved now. */
  private older = $state(false)
  readonly form = new FormState()
  private kept: Draft<Partial<CameraDraft>> | null = null

  constructor(
    /** `null` for a camera that is not saved yet. */
    readonly id: string | null,
    private readonly firstSite: () => string,
  ) {}

  /** What is entered and not saved. */
  readonly changed: readonly string[] = $derived(changesIn(this.draft, this.camera))
  readonly dirty = $derived(this.changed.length > 0)
  /** A colleague changed the camera while something was entered here. */
  readonly outdated = $derived(this.camera !== null && this.dirty && !this.form.busy && (this.older || this.newest > this.camera.version))

  async load(): Promise<void> {
    try {
      this.camera = this.id === null ? null : await readCamera(this.id)
      this.begin()
      this.phase = 'ready'
    } catch (error) {
      this.problem = sentence(error)
      this.phase = 'failed'
    }
  }

  private begin(): void {
    const saved = this.camera === null ? emptyCamera(this.firstSite()) : draftOf(this.camera)
    this.kept = new Draft<Partial<CameraDraft>>(`camera.${this.id ?? 'new'}`, String(this.camera?.version ?? 0))
    const merged = { ...saved, ...this.kept.value }
    const differs = changesIn(merged, this.camera).length > 0
    this.draft = merged
    this.found = differs ? this.kept.found : null
    this.older = differs && this.kept.outdated
  }

  /** Keep what is entered, but for the password; call it when it changes. */
  keep(): void {
    const entered = $state.snapshot(this.draft)
    if (this.phase !== 'ready') return
    if (this.dirty) this.kept?.keep(keepable(entered, this.id === null ? [...this.changed, 'site'] : this.changed))
    else this.kept?.drop()
  }

  /** Give up what is entered. */
  throwAway(): void {
    this.kept?.drop()
    this.found = null
    this.form.clear()
    this.draft = this.camera === null ? emptyCamera(this.firstSite()) : draftOf(this.camera)
  }

  /** Save everything; `null` when it was refused. */
  async save(more: Partial<CameraDraft> = {}): Promise<Camera | null> {
    const entered = inputOf({ ...$state.snapshot(this.draft), ...more })
    const { id, camera } = this
    const saved = await this.form.send(() => (id === null ? addCamera(entered) : changeCamera(id, { ...entered, version: camera?.version })), FIELDS)
    if (saved === null) return null
    this.kept?.drop()
    this.found = null
    this.took(saved, true)
    return saved
  }

  /** The camera was read or changed here: what is entered stays, unless it was just saved. */
  took(camera: Camera, saved = false): void {
    const clean = saved || !this.dirty
    this.camera = camera
    this.newest = Math.max(this.newest, camera.version)
    if (clean) this.draft = draftOf(camera)
    if (clean) this.older = false
  }

  /** The feed told of another version. */
  async heard(version: number): Promise<void> {
    this.newest = Math.max(this.newest, version)
    if (this.id === null || this.camera === null || this.form.busy || this.dirty || version <= this.camera.version) return
    try {
      this.took(await readCamera(this.id))
    } catch {
      // What is shown stays; saving it would be refused, with the reason.
    }
  }

  /** Take the colleague's version, and enter on it again what was entered here. */
  async catchUp(): Promise<void> {
    if (this.id === null) return
    const own = $state.snapshot(this.draft)
    const names = this.changed
    const read = await this.form.send(() => readCamera(this.id ?? ''))
    if (read === null) return
    this.camera = read
    const next = draftOf(read)
    for (const name of FIELDS) if (names.includes(name)) Object.assign(next, { [name]: own[name] })
    this.draft = next
    this.older = false
  }
}
