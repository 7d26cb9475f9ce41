/** Connected objects: brokers, devices, scripts and their runs. Addresses and shapes. */
import { request } from './client'
import { all } from './endpoints'
import type { components } from './schema'
import type { CursorPage, Named } from './types'

type Schemas = components['schemas']

export type Device = Schemas['DeviceView']
export type DeviceKind = Schemas['DeviceKind']
export type DeviceState = Schemas['StateView']
export type DeviceInput = Schemas['DeviceInputRequest']
export type DeviceReading = Schemas['ReadingView']
export type Driver = Schemas['DriverView']
export type Broker = Schemas['ConnectionView']
export type BrokerInput = Schemas['ConnectionInputRequest']
export type Script = Schemas['ScriptView']
export type ScriptInput = Schemas['ScriptInputRequest']
export type DryLine = Schemas['DryLine']
export type Decision = 'again' | 'skip' | 'stop'

// Written by hand: the schema gives these names to what an activation and a notice run are.
export type RunStateName = 'queued' | 'running' | 'asking' | 'done' | 'failed' | 'stopped'
export type RunStepState = 'open' | 'asking' | 'done' | 'failed' | 'skipped' | 'stopped'

/** A step that a run has come to. */
export interface RunStep {
  path: string
  kind: string
  device: Named | null
  wanted: string
  wanted_word: string
  state: RunStepState
  /** What became of it, and why. */
  sentence: string
  entered_at: string
  due_at: string | null
  ended_at: string | null
  /** How many times it has asked; who decides sends it back. */
  asked: number
}

/** A script under way, or over; also one device that is moved by hand. */
export type Run = Omit<Schemas['RunView'], 'state' | 'steps'> & { state: RunStateName; steps: RunStep[] }

export const listDrivers = (signal?: AbortSignal): Promise<Driver[]> => all('device-drivers/', signal)

export const listDevices = (signal?: AbortSignal): Promise<Device[]> => all('devices/', signal)
export const addDevice = (device: DeviceInput): Promise<Device> => request('POST', 'devices/', { body: device })
export const changeDevice = (id: string, device: Partial<DeviceInput> & { version: number }): Promise<Device> => request('PATCH', `devices/${id}/`, { body: device })
export const removeDevice = (id: string): Promise<void> => request('DELETE', `devices/${id}/`)
/** How it is now, or a refusal that says what is wrong. Nothing is moved. */
export const testDevice = (device: DeviceInput & { device?: string }, signal?: AbortSignal): Promise<DeviceReading> => request('POST', 'devices/test/', { body: device, signal })
/** Have a device take a state. Sent twice with the same `press` it is done once. */
export const setDevice = (id: string, state: string, reason: string, press: string): Promise<Run> => request('POST', `devices/${id}/set/`, { body: { state, reason, request: press } })

export const listBrokers = (signal?: AbortSignal): Promise<Broker[]> => all('device-connections/', signal)
export const addBroker = (broker: BrokerInput): Promise<Broker> => request('POST', 'device-connections/', { body: broker })
export const changeBroker = (id: string, broker: Partial<BrokerInput> & { version: number }): Promise<Broker> => request('PATCH', `device-connections/${id}/`, { body: broker })
export const removeBroker = (id: string): Promise<void> => request('DELETE', `device-connections/${id}/`)

export const listScripts = (signal?: AbortSignal): Promise<Script[]> => all('scripts/', signal)
export const addScript = (script: ScriptInput): Promise<Script> => request('POST', 'scripts/', { body: script })
export const changeScript = (id: string, script: ScriptInput & { version: number }): Promise<Script> => request('PATCH', `scripts/${id}/`, { body: script })
export const removeScript = (id: string): Promise<void> => request('DELETE', `scripts/${id}/`)
/** What a script that is not saved would do now. Nothing is moved. */
export const dryRunDraft = (draft: Pick<ScriptInput, 'site' | 'document'>, signal?: AbortSignal): Promise<{ lines: DryLine[] }> => request('POST', 'scripts/dry-run/', { body: draft, signal })
export const dryRun = (id: string, signal?: AbortSignal): Promise<{ lines: DryLine[] }> => request('POST', `scripts/${id}/dry-run/`, { signal })
export const startScript = (id: string, start: { reason: string; request: string; exercise: boolean; really: boolean }): Promise<Run> => request('POST', `scripts/${id}/start/`, { body: start })

/** The latest runs, the newest first. */
export const listRuns = async (filter: { script?: string; under_way?: 'true' } = {}, signal?: AbortSignal): Promise<Run[]> =>
  (await request<CursorPage<Run>>('GET', 'script-runs/', { query: { ...filter, page_size: 30 }, signal })).results
export const readRun = (id: string, signal?: AbortSignal): Promise<Run> => request('GET', `script-runs/${id}/`, { signal })
export const decideRun = (id: string, step: string, asked: number, decision: Decision): Promise<Run> => request('POST', `script-runs/${id}/decide/`, { body: { step, asked, decision } })
export const stopRun = (id: string): Promise<Run> => request('POST', `script-runs/${id}/stop/`)
