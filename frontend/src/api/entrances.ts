/** Ways in: how a plan starts without an agent's hand. */
import { request } from './client'
import { all } from './endpoints'
import type { components } from './schema'

type Schemas = components['schemas']

export type Entrance = Schemas['EntranceView']
export type EntranceKind = Entrance['kind']
export type EntranceOutcome = Schemas['EntranceOutcome']
export type EntranceSettings = Schemas['EntranceSettingsView']
export type Callers = Schemas['Callers']
export type EntranceList = Schemas['EntranceList']
export type NewEntrance = Schemas['NewEntrance']
export type EntranceCall = Schemas['EntranceCallView']
export type AlertButton = Schemas['AlertButtonView']
export type OwnButtons = Schemas['OwnButtons']
export type OwnCall = Schemas['OwnCallView']
export type Pressed = Schemas['PressedView']
export type CapSender = Schemas['CapPartner']

export interface EntranceInput {
  name: string
  plan: string
  how: Entrance['how']
  countdown_s: number
  starts_when_silent: boolean
  settings: Partial<Record<keyof EntranceSettings, unknown>>
}

export const listEntrances = (signal?: AbortSignal): Promise<EntranceList> => request('GET', 'entrances/', { signal })
export const addEntrance = (kind: EntranceKind, entered: EntranceInput): Promise<NewEntrance> => request('POST', 'entrances/', { body: { kind, ...entered } })
export const changeEntrance = (id: string, change: Partial<EntranceInput> & { enabled?: boolean; version: number }): Promise<Entrance> => request('PATCH', `entrances/${id}/`, { body: change })
export const removeEntrance = (id: string): Promise<void> => request('DELETE', `entrances/${id}/`)
export const approveEntrance = (id: string, version: number): Promise<Entrance> => request('POST', `entrances/${id}/approve/`, { body: { version } })
export const renewSecret = (id: string, version: number): Promise<NewEntrance> => request('POST', `entrances/${id}/secret/`, { body: { version } })
export const listCalls = async (id: string, signal?: AbortSignal): Promise<EntranceCall[]> => (await request<{ results: EntranceCall[] }>('GET', `entrances/${id}/calls/`, { query: { page_size: 30 }, signal })).results
export const listCapSenders = (signal?: AbortSignal): Promise<CapSender[]> => all('cap-senders/', signal)

/** The member's own alert buttons, and what came of those pressed lately. */
export const readButtons = (signal?: AbortSignal): Promise<OwnButtons> => request('GET', 'me/alert-buttons/', { signal })
/** The first gesture: nobody is told yet. */
export const pressButton = (id: string): Promise<Pressed> => request('POST', `me/alert-buttons/${id}/press/`)
/** The second gesture. Sent again it changes nothing. */
export const confirmPress = (pressed: Pressed, place: string): Promise<OwnCall> => request('POST', 'me/alert-buttons/confirm/', { body: { press: pressed.press, digest: pressed.digest, place } })
