/** A driver's JSON schema as fields of a form, and what is filled in as the settings that the schema asks for. */

type Schema = Readonly<Record<string, unknown>>

/** A field with one value. */
export interface OneField {
  name: string
  title: string
  help: string
  required: boolean
  /** Empty is no text at all but nothing. */
  nullable: boolean
  /** What stands there unless something else is entered. */
  initial: string
  look: 'text' | 'long' | 'choice'
  choices: readonly string[]
  most: number | undefined
}

/** A field with a value, or a few of them, for each state of the device. */
export interface StateField {
  name: string
  title: string
  help: string
  required: boolean
  look: 'per_state'
  /** Of a group: its fields. Empty: one text for each state. */
  parts: readonly OneField[]
}

export type SchemaField = OneField | StateField
/** What stands in a form: texts, by field; by state; by state and part. */
export type Filled = Record<string, string | Record<string, string | Record<string, string>>>

/** Longer texts are written in several lines. */
const LONG = 500

export function fieldsOf(whole: Schema): SchemaField[] {
  const required = names(whole['required'])
  return Object.entries(record(whole['properties'])).map(([name, one]) => field(name, record(one), required.has(name), whole))
}

function field(name: string, given: Schema, required: boolean, whole: Schema): SchemaField {
  const { schema, nullable } = resolved(given, whole)
  const title = text(given['title'] ?? schema['title'])
  const help = text(given['description'] ?? schema['description'])
  const each = schema['additionalProperties']
  if (schema['type'] === 'object' && typeof each === 'object' && each !== null) {
    const inner = resolved(each as Schema, whole).schema
    const needed = names(inner['required'])
    const parts = Object.entries(record(inner['properties'])).map(([part, one]) => field(part, record(one), needed.has(part), whole))
    return { name, title, help, required, look: 'per_state', parts: parts.filter((part) => part.look !== 'per_state') }
  }
  const choices = Array.isArray(schema['enum']) ? schema['enum'].map(String) : []
  const most = typeof schema['maxLength'] === 'number' ? schema['maxLength'] : undefined
  const look = choices.length > 0 ? 'choice' : most !== undefined && most > 2 * LONG ? 'long' : 'text'
  return { name, title, help, required, nullable, initial: text(given['default'] ?? choices[0]), look, choices, most }
}

/** What a reference or a choice with nothing stands for. */
function resolved(given: Schema, whole: Schema): { schema: Schema; nullable: boolean } {
  const options = given['anyOf']
  if (Array.isArray(options)) {
    const real = options.map(record).find((option) => option['type'] !== 'null') ?? {}
    return { schema: resolved(real, whole).schema, nullable: options.some((option) => record(option)['type'] === 'null') }
  }
  const reference = given['$ref']
  if (typeof reference === 'string') return { schema: record(record(whole['$defs'])[reference.split('/').at(-1) ?? '']), nullable: false }
  return { schema: given, nullable: false }
}

/** The form as it is shown first, from what is saved (or nothing). */
export function filledFrom(fields: readonly SchemaField[], saved: Schema): Filled {
  const filled: Filled = {}
  for (const one of fields) {
    const value = saved[one.name]
    if (one.look !== 'per_state') filled[one.name] = value === undefined ? one.initial : text(value)
    else {
      const states = Object.entries(record(value))
      filled[one.name] = Object.fromEntries(states.map(([state, what]) => [state, one.parts.length === 0 ? text(what) : filledParts(one.parts, record(what))]))
    }
  }
  return filled
}

const filledParts = (parts: readonly OneField[], saved: Schema): Record<string, string> => Object.fromEntries(parts.map((part) => [part.name, saved[part.name] === undefined ? part.initial : text(saved[part.name])]))

/** The value of a state's field, as the form shows it. */
export function valueAt(filled: Filled, one: StateField, state: string, part?: OneField): string {
  const held = filled[one.name]
  const value = typeof held === 'object' ? held[state] : undefined
  if (part === undefined) return typeof value === 'string' ? value : ''
  return typeof value === 'object' ? (value[part.name] ?? part.initial) : part.initial
}

/** The form with one value changed. */
export function withValue(filled: Filled, one: SchemaField, value: string, state = '', part?: OneField): Filled {
  if (one.look !== 'per_state') return { ...filled, [one.name]: value }
  const held = filled[one.name]
  const before = typeof held === 'object' ? held : {}
  if (part === undefined) return { ...filled, [one.name]: { ...before, [state]: value } }
  const own = before[state]
  return { ...filled, [one.name]: { ...before, [state]: { ...(typeof own === 'object' ? own : filledParts(one.parts, {})), [part.name]: value } } }
}

/** What is sent: of a state's fields only those of states that the device has, and nothing where nothing was entered. */
export function settingsOf(fields: readonly SchemaField[], filled: Filled, states: readonly string[]): Record<string, unknown> {
  const settings: Record<string, unknown> = {}
  for (const one of fields) {
    if (one.look !== 'per_state') {
      const value = text(filled[one.name])
      if (value !== '') settings[one.name] = value
      else if (one.nullable) settings[one.name] = null
      continue
    }
    const of: Record<string, unknown> = {}
    for (const state of states) {
      if (one.parts.length === 0) {
        const value = valueAt(filled, one, state)
        if (value !== '') of[state] = value
      } else if (one.parts.some((part) => part.required && valueAt(filled, one, state, part) !== '')) {
        of[state] = Object.fromEntries(one.parts.map((part) => [part.name, valueAt(filled, one, state, part)]))
      }
    }
    settings[one.name] = of
  }
  return settings
}

const names = (value: unknown): ReadonlySet<string> => new Set(Array.isArray(value) ? value.map(String) : [])
const record = (value: unknown): Schema => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {})
const text = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '')
