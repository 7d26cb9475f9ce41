/** Which address shows which screen, and the right it takes to see it. */
import type { Component } from 'svelte'
import type { Right } from './api/types'
import { withTexts } from './lib/language.svelte'
import type { PlainKey } from './texts'

export interface Screen {
  pattern: string
  title: PlainKey
  right?: Right
  /** Shown to anybody, signed in or not. */
  open?: true
  load: () => Promise<{ default: Component<Record<string, string>> }>
}

// A screen's properties are its pattern's parameters; the compiler cannot see that through the address.
const first = (load: () => Promise<{ default: unknown }>): Screen['load'] => load as Screen['load']
/** A screen beyond the first ones: what its room says comes with it. */
const lazy = (load: () => Promise<{ default: unknown }>): Screen['load'] => first(() => withTexts(load()))

export const screens: readonly Screen[] = [
  { pattern: '/', title: 'console.title', load: first(() => import('./console/Console.svelte')) },
  { pattern: '/alerts', title: 'alerts.title', right: 'see_alerts', load: first(() => import('./alerts/AlertsScreen.svelte')) },
  { pattern: '/alerts/:id', title: 'alert.title', right: 'see_alerts', load: first(() => import('./alerts/AlertScreen.svelte')) },
  { pattern: '/map', title: 'map.title', right: 'see_sites', load: lazy(() => import('./map/MapScreen.svelte')) },
  { pattern: '/map/sites/:id', title: 'plan.title', right: 'see_cameras', load: lazy(() => import('./plans/PlanScreen.svelte')) },
  { pattern: '/studio/sites', title: 'sites.title', right: 'see_sites', load: lazy(() => import('./studio/sites/SitesScreen.svelte')) },
  { pattern: '/studio/sites/:id', title: 'sites.single', right: 'manage_sites', load: lazy(() => import('./studio/sites/SiteScreen.svelte')) },
  { pattern: '/studio/sites/:site/plans/:id', title: 'plan.title', right: 'manage_cameras', load: lazy(() => import('./plans/EditorScreen.svelte')) },
  { pattern: '/crisis', title: 'crisis.title', right: 'see_crisis', load: lazy(() => import('./crisis/CrisisScreen.svelte')) },
  { pattern: '/crisis/activations/:id', title: 'crisis.title', right: 'see_crisis', load: lazy(() => import('./crisis/ActivationScreen.svelte')) },
  { pattern: '/crisis/activations/:id/report', title: 'report.title', right: 'see_crisis', load: lazy(() => import('./report/ReportScreen.svelte')) },
  { pattern: '/crisis/channels', title: 'providers.title', right: 'manage_channels', load: lazy(() => import('./providers/ChannelsScreen.svelte')) },
  { pattern: '/crisis/channels/:id', title: 'provider.title', right: 'manage_channels', load: lazy(() => import('./providers/ProviderScreen.svelte')) },
  { pattern: '/overview', title: 'overview.title', right: 'see_overview', load: lazy(() => import('./overview/OverviewScreen.svelte')) },
  { pattern: '/timeline', title: 'timeline.title', right: 'see_alerts', load: lazy(() => import('./timeline/TimelineScreen.svelte')) },
  { pattern: '/studio/cameras', title: 'cameras.title', right: 'see_cameras', load: lazy(() => import('./studio/cameras/CamerasScreen.svelte')) },
  { pattern: '/studio/cameras/import', title: 'import.title', right: 'manage_cameras', load: lazy(() => import('./studio/cameras/ImportScreen.svelte')) },
  { pattern: '/studio/cameras/:id', title: 'camera.title', right: 'manage_cameras', load: lazy(() => import('./studio/cameras/CameraScreen.svelte')) },
  { pattern: '/studio/rules', title: 'rules.title', right: 'see_rules', load: lazy(() => import('./studio/rules/RulesScreen.svelte')) },
  { pattern: '/logbook', title: 'logbook.title', right: 'see_logbook', load: lazy(() => import('./logbook/LogbookScreen.svelte')) },
  { pattern: '/logbook/handover', title: 'handover.title', right: 'write_logbook', load: lazy(() => import('./logbook/handover/DraftScreen.svelte')) },
  { pattern: '/logbook/handover/:id', title: 'handover.title', right: 'see_logbook', load: lazy(() => import('./logbook/handover/HandoverScreen.svelte')) },
  { pattern: '/studio/people', title: 'people.title', right: 'see_people', load: lazy(() => import('./people/PeopleScreen.svelte')) },
  { pattern: '/studio/people/:id', title: 'person.title', right: 'see_people', load: lazy(() => import('./people/PersonScreen.svelte')) },
  { pattern: '/profile', title: 'profile.title', load: lazy(() => import('./profile/ProfileScreen.svelte')) },
  { pattern: '/first-steps', title: 'steps.title', right: 'manage_cameras', load: lazy(() => import('./first-steps/FirstStepsScreen.svelte')) },
  { pattern: '/invitation', title: 'link.title', open: true, load: lazy(() => import('./people/LinkScreen.svelte')) },
  { pattern: '/reset', title: 'link.title', open: true, load: lazy(() => import('./people/LinkScreen.svelte')) },
  { pattern: '/studio/rules/:id', title: 'rule.title', right: 'see_rules', load: lazy(() => import('./studio/rules/RuleScreen.svelte')) },
  { pattern: '/me', title: 'me.title', right: 'respond', load: lazy(() => import('./responder/ResponderScreen.svelte')) },
  { pattern: '/m/:token', title: 'm.title', open: true, load: lazy(() => import('./responder/AnswerLinkScreen.svelte')) },
  { pattern: '/simulated-phones', title: 'phones.title', right: 'direct', load: lazy(() => import('./phones/PhonesScreen.svelte')) },
  { pattern: '/crisis/texts', title: 'texts.title', right: 'direct', load: lazy(() => import('./incoming/TextsScreen.svelte')) },
  { pattern: '/crisis/plans', title: 'response.title', right: 'see_crisis', load: lazy(() => import('./response/PlansScreen.svelte')) },
  { pattern: '/crisis/plans/:id', title: 'response.single', right: 'see_crisis', load: lazy(() => import('./response/PlanScreen.svelte')) },
  { pattern: '/crisis/audits', title: 'audits.title', right: 'see_crisis', load: lazy(() => import('./audits/AuditsScreen.svelte')) },
  { pattern: '/crisis/audits/:id', title: 'audit.title', right: 'see_crisis', load: lazy(() => import('./audits/AuditScreen.svelte')) },
  { pattern: '/crisis/audits/:id/risks/:risk', title: 'audit.risk_title', right: 'prepare', load: lazy(() => import('./audits/RiskScreen.svelte')) },
  { pattern: '/crisis/devices', title: 'devices.title', right: 'see_crisis', load: lazy(() => import('./devices/DevicesScreen.svelte')) },
  { pattern: '/crisis/devices/:id', title: 'device.title', right: 'prepare', load: lazy(() => import('./devices/DeviceScreen.svelte')) },
  { pattern: '/crisis/devices/brokers/:id', title: 'broker.title', right: 'prepare', load: lazy(() => import('./devices/BrokerScreen.svelte')) },
  { pattern: '/crisis/devices/scripts/new', title: 'script.title', right: 'prepare', load: lazy(() => import('./devices/ScriptFormScreen.svelte')) },
  { pattern: '/crisis/devices/scripts/:id/edit', title: 'script.title', right: 'prepare', load: lazy(() => import('./devices/ScriptFormScreen.svelte')) },
  { pattern: '/crisis/devices/scripts/:id', title: 'script.title', right: 'see_crisis', load: lazy(() => import('./devices/ScriptScreen.svelte')) },
  { pattern: '/crisis/entrances', title: 'entrances.title', right: 'see_crisis', load: lazy(() => import('./entrances/EntrancesScreen.svelte')) },
  { pattern: '/people/directory', title: 'directory.title', right: 'see_directory', load: lazy(() => import('./directory/DirectoryScreen.svelte')) },
  { pattern: '/people/directory/import', title: 'directory.import_title', right: 'manage_directory', load: lazy(() => import('./directory/ImportScreen.svelte')) },
  { pattern: '/people/directory/:id', title: 'directory.single', right: 'manage_directory', load: lazy(() => import('./directory/PersonScreen.svelte')) },
  { pattern: '/people/on-call', title: 'on_call.title', right: 'see_on_call', load: lazy(() => import('./on-call/OnCallScreen.svelte')) },
  { pattern: '/people/on-call/:id', title: 'on_call.single', right: 'see_on_call', load: lazy(() => import('./on-call/ScheduleScreen.svelte')) },
  { pattern: '/people/on-call/:schedule/rotations/:id', title: 'on_call.rotation', right: 'manage_on_call', load: lazy(() => import('./on-call/RotationScreen.svelte')) },
  { pattern: '/crisis/pcs', title: 'pcs.title', right: 'see_crisis', load: lazy(() => import('./pcs/PcsListScreen.svelte')) },
  { pattern: '/crisis/pcs/:id', title: 'pcs.single', right: 'see_crisis', load: lazy(() => import('./pcs/PcsScreen.svelte')) },
  { pattern: '/journal', title: 'journal.title', right: 'see_journal', load: lazy(() => import('./journal/JournalScreen.svelte')) },
  { pattern: '/kit', title: 'kit.title', load: lazy(() => import('./kit/page/KitScreen.svelte')) },
  { pattern: '/accessibility', title: 'statement.title', open: true, load: lazy(() => import('./shell/StatementScreen.svelte')) },
]
