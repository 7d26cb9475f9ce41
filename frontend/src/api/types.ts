/** The API's shapes by the names the pages use. */

export interface Named {
  id: string
  name: string
}

export type SeverityLevel = 1 | 2 | 3 | 4
export type AlertStateName = 'open' | 'acknowledged' | 'resolved' | 'false_alarm'

export interface Recording {
  id: string
  kind: 'snapshot' | 'clip'
  ready: boolean
  failed: string | null
  expires_at: string
  destroyed_at: string | null
}

export interface Alert {
  id: string
  site: Named
  camera: Named
  area: string
  rule: Named & { version: number }
  severity: number
  state: AlertStateName
  why: { code: string; params: Record<string, unknown>; text: Record<string, string> }
  captured_at: string
  raised_at: string
  committed_at: string
  last_seen_at: string
  ended_at: string | null
  assigned_to: Named | null
  acknowledged_by: Named | null
  acknowledged_at: string | null
  closed_by: Named | null
  closed_at: string | null
  version: number
  recordings: Recording[]
}

export type LogKind = 'raised' | 'acknowledged' | 'assigned' | 'commented' | 'resolved' | 'false_alarm' | 'ended'

export interface LogLine {
  at: string
  kind: LogKind
  member: Named | null
  to_member: Named | null
  text: string
}

export interface AlertDetail extends Alert {
  log: LogLine[]
}

export interface CursorPage<T> {
  next: string | null
  previous: string | null
  results: T[]
}

export interface Page<T> {
  count: number
  next: string | null
  previous: string | null
  results: T[]
}

export type Right =
  | 'signed_in' | 'see_sites' | 'see_live' | 'see_alerts' | 'handle_alerts' | 'see_cameras' | 'manage_cameras' | 'see_rules'
  | 'manage_rules' | 'see_people' | 'manage_people' | 'see_journal'

export interface Me {
  id: string
  name: string
  display_name: string
  language: string
  rights: { right: string; sites: string[] | null }[]
}

export interface Session {
  csrf_token: string
  member: Me
  organisation: { id: string; name: string; timezone: string }
}

export interface SessionAnswer {
  csrf_token: string
  member: Me | null
  organisation: Session['organisation'] | null
}

export interface Site {
  id: string
  name: string
  address: string
}

export interface Member {
  id: string
  name: string
  display_name: string
  is_active: boolean
}

export type Corner = [number, number]

export interface ZoneInput {
  name: string
  private: boolean
  polygon: Corner[]
}
export interface Zone extends ZoneInput {
  id: string
}

export interface LineInput {
  name: string
  start: Corner
  end: Corner
}
export interface Line extends LineInput {
  id: string
}

export type SourceKind = 'rtsp' | 'http' | 'file'
export type PlaceKind = '' | 'private' | 'workplace' | 'open_to_public' | 'public_road'

/** Something that the law asks for and that is not there. */
export interface MissingFact {
  field: string
  sentence: string
}

export interface CameraStatus {
  state: 'unwatched' | 'connecting' | 'live' | 'down'
  reason: string | null
  /** Why it is not live, in the reader's language; empty without a reason. */
  sentence: string
  since: string | null
  missing: MissingFact[]
  analysed_per_second: number
  frames_dropped: number
  width: number
  height: number
}

export interface CameraInput {
  name: string
  site: string
  enabled: boolean
  source: SourceKind
  address: string
  user_name?: string
  password?: string
  frames_per_second: number
  analysis_size: number
  retention_days: number
  clip_before_s: number
  clip_after_s: number
  place: PlaceKind
  purpose: string
  legal_basis: string
  authorisation: string
  authorised_until: string | null
  notice_displayed: boolean
}

export interface Camera extends Omit<CameraInput, 'user_name' | 'password'> {
  id: string
  has_credentials: boolean
  version: number
  status: CameraStatus
  zones: Zone[]
  lines: Line[]
}

export interface ProbeInput {
  source: SourceKind
  address: string
  user_name?: string
  password?: string
  camera?: string
}
export interface ProbeResult {
  ok: boolean
  picture: string
  width: number
  height: number
}

export interface WatchersView {
  watchers: { name: string; capacity: number; engine: string }[]
  room: number
  expected: number
  watched: number
  unwatched: { camera: string; name: string; reason: string | null; sentence: string }[]
}

export interface Label {
  key: string
  name: string
}

export interface SettingSchema {
  type?: string
  title?: string
  description?: string
  default?: unknown
  minimum?: number
  maximum?: number
  enum?: string[]
  $ref?: string
  allOf?: { $ref: string }[]
  items?: { enum?: string[] }
  'x-widget'?: string
  'x-labels'?: Record<string, string>
}

export interface RuleKind {
  key: string
  label: string
  help: string
  needs: 'zone_or_all' | 'line'
  settings: { properties: Record<string, SettingSchema>; required?: string[]; $defs?: Record<string, SettingSchema> }
}

export interface Hours {
  days: number[]
  start: string
  end: string
}

export type RuleStateName = 'off' | 'silent' | 'on'

export interface RuleInput {
  name: string
  camera: string
  kind: string
  settings: Record<string, unknown>
  zone: string | null
  line: string | null
  schedule: Hours[]
  severity: number
  quiet_s: number
  purpose: string
  state: RuleStateName
  authorising_text: string
  authorised_from: string | null
  authorised_until: string | null
}
export interface Rule extends RuleInput {
  id: string
  version: number
  expires_at: string
  missing: MissingFact[]
}

/** When a rule would have raised in its silent run. */
export interface SilentRun {
  hits: string[]
}

export interface Trial {
  id: string
  state: 'asked' | 'answered' | 'failed' | 'unanswered'
  message: string
  since: string | null
  hits: string[]
}
