/** What all forms of the studio share: sending, and showing where the server found something wrong. */
import { ApiError, sentence } from '../../api/errors'
import { t } from '../../lib/language.svelte'

export class FormState {
  busy = $state(false)
  /** A sentence about the whole form. */
  problem = $state('')
  fields = $state.raw<Readonly<Record<string, string>>>({})

  /** The sentence about one field, or an empty text. A nested field's sentence is shown at its parent. */
  wrong(name: string): string {
    const own = Object.entries(this.fields).filter(([field]) => field === name || field.startsWith(`${name}.`))
    return own.map(([, text]) => text).join(' ')
  }

  /** Forget what was wrong. */
  clear(): void {
    this.problem = ''
    this.fields = {}
  }

  /** Send; returns what came back, or `null` when it was refused. */
  async send<T>(action: () => Promise<T>, known: readonly string[] = []): Promise<T | null> {
    this.busy = true
    this.problem = ''
    this.fields = {}
    try {
      return await action()
    } catch (error) {
      this.refuse(error, known)
      return null
    } finally {
      this.busy = false
    }
  }

  /** What the page itself finds wrong, before anything is sent. */
  fail(problem: string, fields: Readonly<Record<string, string>>): void {
    this.problem = problem
    this.fields = fields
  }

  private refuse(error: unknown, known: readonly string[]): void {
    this.problem = sentence(error)
    if (!(error instanceof ApiError)) return
    this.fields = error.fields
    const names = Object.keys(error.fields)
    if (names.length === 0) return
    const elsewhere = names.filter((name) => !known.some((one) => name === one || name.startsWith(`${one}.`)))
    const texts = elsewhere.map((name) => error.fields[name] ?? '').filter((text) => text !== error.message)
    // What stands beside its field is not said a second time for the whole form.
    const said = names.some((name) => !elsewhere.includes(name) && error.fields[name] === error.message)
    this.problem = [this.problem === '' || said ? t('form.wrong') : this.problem, ...texts].join(' ')
  }
}
