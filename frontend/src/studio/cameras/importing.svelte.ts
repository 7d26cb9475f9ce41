/** An import while it is prepared and done: the table stays here, in memory only, and is sent again with the lines that were chosen. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import { importLines, previewImport, type ImportedRow, type ImportPreview, type ImportTable } from '../../api/cameras'
import { sentence } from '../../api/errors'
import { cameras, sites } from '../../data'

/** Rows sent at once: few enough that progress is seen. */
const AT_ONCE = 25

export interface Added {
  id: string
  name: string
}

export class Importing {
  createSites = $state(false)
  preview = $state.raw<ImportPreview | null>(null)
  fileName = $state('')
  problem = $state('')
  busy = $state(false)
  done = $state(0)
  total = $state(0)
  readonly chosen = new SvelteSet<number>()
  /** What became of a line. */
  readonly answers = new SvelteMap<number, ImportedRow>()
  finished = $state(false)
  private table: Pick<ImportTable, 'file' | 'text'> | null = null

  readonly added: readonly Added[] = $derived(
    (this.preview?.rows ?? []).flatMap((row) => {
      const id = this.answers.get(row.line)?.camera
      return id ? [{ id, name: row.name }] : []
    }),
  )

  async take(file: File): Promise<void> {
    this.table = { file: base64(new Uint8Array(await file.arrayBuffer())) }
    this.fileName = file.name
    await this.look()
  }

  async paste(text: string): Promise<void> {
    this.table = { text }
    this.fileName = ''
    await this.look()
  }

  /** Ask what the table would add. Rows without a fault that repeat nothing are chosen. */
  async look(): Promise<void> {
    if (this.table === null) return
    this.busy = true
    this.problem = ''
    try {
      this.preview = await previewImport({ ...this.table, create_sites: this.createSites })
      this.chosen.clear()
      for (const row of this.preview.rows) if (row.problems.length === 0 && row.twin === null) this.chosen.add(row.line)
    } catch (error) {
      this.problem = sentence(error)
    } finally {
      this.busy = false
    }
  }

  /** Add what was chosen, a few rows at a time. What was added stays added when the rest fails. */
  async add(): Promise<void> {
    if (this.table === null) return
    const lines = [...this.chosen].filter((line) => !this.answers.get(line)?.camera).sort((a, b) => a - b)
    this.busy = true
    this.problem = ''
    this.done = 0
    this.total = lines.length
    try {
      for (let at = 0; at < lines.length; at += AT_ONCE) {
        const some = lines.slice(at, at + AT_ONCE)
        for (const row of await importLines({ ...this.table, create_sites: this.createSites }, some)) this.answers.set(row.line, row)
        this.done = Math.min(lines.length, at + AT_ONCE)
      }
      this.finished = true
      // The passwords are not needed any more.
      this.table = null
    } catch (error) {
      this.problem = sentence(error)
    } finally {
      this.busy = false
      void cameras.reload()
      void sites.reload()
    }
  }

  reset(): void {
    this.table = null
    this.preview = null
    this.fileName = ''
    this.problem = ''
    this.finished = false
    this.done = this.total = 0
    this.chosen.clear()
    this.answers.clear()
  }
}

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}
