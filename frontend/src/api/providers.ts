/** Ways to reach people: providers, how each way stands, limits, test messages. */
import { request } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

export type ProviderKind = Schemas['ProviderKind']
export type ChannelState = Schemas['ChannelStateView']
export type Channel = Schemas['Channel']
export type Tried = Schemas['ProviderTried']
export type PushDevice = Schemas['PushDevice']
export type OwnWay = Schemas['Way']

// What the server always gives; the schema leaves open what a form may leave out.
export type Provider = Omit<Required<Schemas['Provider']>, 'callback_addresses' | 'last_failure'> & { last_failure: string; callback_addresses: { label: string; address: string }[] }
export type Limits = Required<Schemas['Limits']>
export type Keeping = Required<Schemas['Keeping']>
export type RecordingPolicy = Schemas['RecordingPolicyView']

export interface ProviderChange {
  name?: string
  settings?: Record<string, unknown>
  enabled?: boolean
  per_second?: number | null
  position?: number
}

export const listProviderKinds = (signal?: AbortSignal): Promise<ProviderKind[]> => request('GET', 'provider-kinds/', { signal })
/** By channel, in the order in which they are tried. */
export const listProviders = (signal?: AbortSignal): Promise<Provider[]> => request('GET', 'providers/', { signal })
export const listChannels = (signal?: AbortSignal): Promise<ChannelState[]> => request('GET', 'message-channels/', { signal })
export const addProvider = (provider: { channel: Channel; kind: string; name: string } & ProviderChange): Promise<Provider> => request('POST', 'providers/', { body: provider })
export const changeProvider = (id: string, change: ProviderChange & { version: number }): Promise<Provider> => request('PATCH', `providers/${id}/`, { body: change })
export const removeProvider = (id: string): Promise<void> => request('DELETE', `providers/${id}/`)

export interface Trial {
  channel: Channel
  kind: string
  settings: Record<string, unknown>
  to: string
  account: string | null
}
/** A test message, with settings that need not be saved. */
export const tryProvider = (trial: Trial): Promise<Tried> => request('POST', 'providers/test/', { body: trial })

export const readLimits = (signal?: AbortSignal): Promise<Limits> => request('GET', 'message-limits/', { signal })
export const changeLimits = (limits: Limits): Promise<Limits> => request('PATCH', 'message-limits/', { body: limits })

/** For how many days names, numbers and words of messages and plans that are over are kept; 409 when a colleague was first. */
export const readKeeping = (signal?: AbortSignal): Promise<Keeping> => request('GET', 'message-retention/', { signal })
export const changeKeeping = (keeping: Keeping): Promise<Keeping> => request('PATCH', 'message-retention/', { body: keeping })
/** For how many days recordings are kept that nothing uses. */
export const readRecordingPolicy = (signal?: AbortSignal): Promise<RecordingPolicy> => request('GET', 'sound-recordings/policy/', { signal })
export const changeRecordingPolicy = (days: number): Promise<RecordingPolicy> => request('PATCH', 'sound-recordings/policy/', { body: { days } })

/** Where oneself is reached: to send a test message there. */
export const readOwnWays = async (signal?: AbortSignal): Promise<OwnWay[]> => (await request<{ ways: OwnWay[] }>('GET', 'me/ways-to-reach/', { signal })).ways
export const readOwnBrowsers = async (signal?: AbortSignal): Promise<PushDevice[]> => (await request<{ devices: PushDevice[] }>('GET', 'me/push/', { signal })).devices
