/** A provider's JSON schema as fields of a form, and what is filled in as the settings that are sent. */

type Schema = Readonly<Record<string, unknown>>

export interface Setting {
  name: string
  title: string
  help: string
  required: boolean
  look: 'text' | 'number' | 'secret' | 'choice'
  choices: readonly { value: string; text: string }[]
  /** What stands there unless something else is entered. */
  initial: string
  most: number | undefined
}
export type Filled = Record<string, string>

export function settingsOf(schema: Schema): Setting[] {
  const required = new Set(Array.isArray(schema['required']) ? schema['required'].map(String) : [])
  return Object.entries(record(schema['properties'])).map(([name, given]) => {
    const one = record(given)
    const words = record(one['x-labels'])
    const choices = Array.isArray(one['enum']) ? one['enum'].map(String).map((value) => ({ value, text: text(words[value]) || value })) : []
    return {
      name,
      title: text(one['title']) || name,
      help: text(one['description']),
      required: required.has(name),
      look: choices.length > 0 ? 'choice' : one['writeOnly'] === true ? 'secret' : one['type'] === 'integer' || one['type'] === 'number' ? 'number' : 'text',
      choices,
      initial: text(one['default']) || (choices[0]?.value ?? ''),
      most: typeof one['maxLength'] === 'number' ? one['maxLength'] : undefined,
    }
  })
}

/** The form as it is shown first: of what is saved, no secret. */
export function filledFrom(settings: readonly Setting[], saved: Schema): Filled {
  return Object.fromEntries(settings.map((one) => [one.name, one.look === 'secret' ? '' : saved[one.name] === undefined ? one.initial : text(saved[one.name])]))
}

/** What is sent. A secret that is not entered is left out: the one that is kept stays. */
export function settingsFrom(settings: readonly Setting[], filled: Filled): Record<string, unknown> {
  const sent: Record<string, unknown> = {}
  for (const one of settings) {
    const value = filled[one.name] ?? ''
    if (one.look === 'secret' && value === '') continue
    sent[one.name] = one.look === 'number' && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value
  }
  return sent
}

/** What may lie in the browser until it is saved: everything but secrets. */
export function withoutSecrets(settings: readonly Setting[], filled: Filled): Filled {
  return Object.fromEntries(settings.filter((one) => one.look !== 'secret').map((one) => [one.name, filled[one.name] ?? '']))
}

/** Secrets of a kept account that its kind asks for and that cannot be read any more. */
export function lostSecrets(settings: readonly Setting[], kept: readonly string[]): Setting[] {
  return settings.filter((one) => one.look === 'secret' && one.required && !kept.includes(one.name))
}

/** A rate as it was typed: `null` is the kind's own; what is no number is left to the server, which says so. */
export function rateFrom(typed: string): number | null | string {
  const value = typed.trim().replace(',', '.')
  if (value === '') return null
  return /^\d+(\.\d+)?$/.test(value) ? Number(value) : value
}

const record = (value: unknown): Schema => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {})
const text = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '')
