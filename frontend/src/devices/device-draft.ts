/** A device as its form holds it, and as it is sent. Secrets are not in it: a draft lies in the browser's storage. */
import type { Device, DeviceInput, DeviceKind, Driver } from '../api/devices'
import { fieldsOf, filledFrom, settingsOf, type Filled } from './schema-form'

export interface StateDraft {
  key: string
  words: Record<string, string>
  secures: boolean
}

export interface DeviceDraft {
  site: string
  name: string
  kind: DeviceKind
  driver: string
  connection: string
  address: string
  states: StateDraft[]
  /** By driver: another one can be looked at, and what was entered is still there. */
  settings: Record<string, Filled>
  /** Minutes; empty: it speaks only when something changes. */
  silent_after: string
}

/** The usual states, which have words of their own. */
export const USUAL = ['on', 'off', 'open', 'closed', 'locked', 'unlocked', 'raised', 'lowered'] as const
export const isUsual = (key: string): boolean => (USUAL as readonly string[]).includes(key)

const FIRST_STATES: Record<DeviceKind, readonly string[]> = {
  door: ['unlocked', 'locked'], gate: ['open', 'closed'], light: ['off', 'on'], siren: ['off', 'on'], sign: ['off', 'on'], other: ['off', 'on'],
}
/** What such a device usually can be. */
export const firstStates = (kind: DeviceKind): StateDraft[] => FIRST_STATES[kind].map((key) => ({ key, words: {}, secures: false }))

/** Closed and locked keep people in or out, of doors and gates, whatever else is entered. */
export const alwaysSecures = (kind: DeviceKind, key: string): boolean => (kind === 'door' || kind === 'gate') && (key === 'locked' || key === 'closed')

export function draftOf(device: Device | null, drivers: readonly Driver[], site: string, broker: string): DeviceDraft {
  const driver = device?.driver ?? drivers[0]?.key ?? ''
  const settings = Object.fromEntries(drivers.map((one) => [one.key, filledFrom(fieldsOf(one.settings), one.key === device?.driver ? device.settings : {})]))
  if (device === null) return { site, name: '', kind: 'light', driver, connection: broker, address: '', states: firstStates('light'), settings, silent_after: '15' }
  return {
    site: device.site.id,
    name: device.name,
    kind: device.kind,
    driver,
    connection: device.connection?.id ?? broker,
    address: device.address,
    states: device.states.map(({ key, words, secures }) => ({ key, words: { ...words }, secures: secures && !alwaysSecures(device.kind, key) })),
    settings,
    silent_after: device.silent_after_min === null ? '' : String(device.silent_after_min),
  }
}

export interface Secrets {
  user_name: string
  password: string
  token: string
}

/** What is sent; of secrets only those that were entered. */
export function inputOf(draft: DeviceDraft, drivers: readonly Driver[], secrets: Secrets): DeviceInput {
  const driver = drivers.find((one) => one.key === draft.driver)
  const needsBroker = driver?.needs_connection ?? false
  const keys = draft.states.map((state) => state.key)
  return {
    site: draft.site,
    name: draft.name.trim(),
    kind: draft.kind,
    driver: draft.driver as DeviceInput['driver'],
    connection: needsBroker && draft.connection !== '' ? draft.connection : null,
    address: needsBroker ? '' : draft.address.trim(),
    settings: driver === undefined ? {} : settingsOf(fieldsOf(driver.settings), draft.settings[draft.driver] ?? {}, keys),
    states: draft.states.map(({ key, words, secures }) => ({ key, words: filledWords(key, words), secures })),
    silent_after_min: draft.silent_after.trim() === '' ? null : Number(draft.silent_after),
    ...given(secrets),
  }
}

const filledWords = (key: string, words: Readonly<Record<string, string>>): Record<string, string> =>
  isUsual(key) ? {} : Object.fromEntries(Object.entries(words).filter(([, word]) => word.trim() !== ''))

function given(secrets: Secrets): Partial<Secrets> {
  const entered: Partial<Secrets> = {}
  for (const name of ['user_name', 'password', 'token'] as const) if (secrets[name] !== '') entered[name] = secrets[name]
  return entered
}

export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
