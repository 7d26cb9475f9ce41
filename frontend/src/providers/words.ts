/** How a provider and a way stand, in words: each state has one, and a severity's shape beside it. */
import type { ChannelState, Provider } from '../api/providers'
import type { Shape } from '../kit/severity'

export type ProviderStanding = 'off' | 'unreadable' | 'failing' | 'works' | 'unused'

/** @param channel How its way stands: who is not among its carriers and is on cannot be opened. */
export function standingOf(provider: Pick<Provider, 'id' | 'enabled' | 'last_worked_at' | 'last_failed_at'>, channel: ChannelState | undefined): ProviderStanding {
  if (!provider.enabled) return 'off'
  if (channel !== undefined && !channel.carriers.some((one) => one.account === provider.id)) return 'unreadable'
  const [worked, failed] = [provider.last_worked_at, provider.last_failed_at].map((at) => (at === null ? 0 : Date.parse(at)))
  if (failed !== undefined && failed > 0 && failed >= (worked ?? 0)) return 'failing'
  return (worked ?? 0) > 0 ? 'works' : 'unused'
}

export const standingShape: Record<ProviderStanding, Shape> = { off: 'unknown', unreadable: 'high', failing: 'high', works: 'safe', unused: 'low' }

export type ChannelStanding = 'simulated' | 'nobody' | 'built_in' | 'carried'

export function channelStanding(of: ChannelState): ChannelStanding {
  if (of.simulated) return 'simulated'
  if (of.carriers.length === 0) return 'nobody'
  return of.carriers.every((one) => one.account === null) ? 'built_in' : 'carried'
}
