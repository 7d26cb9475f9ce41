/** What the room of providers reads. The feed says nothing of them, so its screen reads them again from time to time. */
import { listChannels, listProviderKinds, listProviders, readKeeping, readLimits, readRecordingPolicy, type ChannelState, type Keeping, type Limits, type Provider, type ProviderKind, type RecordingPolicy } from '../api/providers'
import { alsoKept } from '../data'
import { Shared } from '../data/shared.svelte'

export const kinds = new Shared<readonly ProviderKind[]>(listProviderKinds, [])
export const providers = new Shared<readonly Provider[]>(listProviders, [])
export const channels = new Shared<readonly ChannelState[]>(listChannels, [])
export const limits = new Shared<Limits | null>(readLimits, null)
export const keeping = new Shared<Keeping | null>(readKeeping, null)
export const recordingPolicy = new Shared<RecordingPolicy | null>(readRecordingPolicy, null)
alsoKept(kinds, providers, channels, limits, keeping, recordingPolicy)

export const lists = [kinds, providers, channels, limits] as const
/** Read again what stands elsewhere than here: what works, what waits, and after an own change. */
export async function readAgain(): Promise<void> {
  await Promise.all([providers.reload(), channels.reload()])
}
