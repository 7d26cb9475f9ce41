/** Every address of the API that the pages use, typed. */
import { request } from './client'
import type {
  Alert, AlertDetail, Camera, CameraInput, CursorPage, FalseAlarmReason, Label, Line, LineInput, Member, Page, ProbeInput, ProbeResult, Rule,
  RuleInput, RuleKind, SessionAnswer, SilentRun, Site, Trial, WatchersView, Zone, ZoneInput,
} from './types'
import type { AlertFilter } from '../feed/merge'

export const readSession = (): Promise<SessionAnswer> => request('GET', 'session/', { keepSession: true })
export const signIn = (name: string, password: string): Promise<SessionAnswer> =>
  request('POST', 'session/', { body: { name, password }, keepSession: true })
export const signOut = (): Promise<void> => request('DELETE', 'session/', { keepSession: true })
export const changeMe = (change: { language?: string; display_name?: string }): Promise<unknown> => request('PATCH', 'me/', { body: change })

/** One page of alerts. `older` is the `next` of the page before: only its cursor is taken from it. */
export function listAlerts(filter: AlertFilter, older: string | null, signal?: AbortSignal): Promise<CursorPage<Alert>> {
  const cursor = older === null ? undefined : (new URL(older, 'http://api').searchParams.get('cursor') ?? undefined)
  return request('GET', 'alerts/', { query: { ...filter, cursor, page_size: 60 }, signal })
}
export const readAlert = (id: string, signal?: AbortSignal): Promise<AlertDetail> => request('GET', `alerts/${id}/`, { signal })

export type Answer =
  | { action: 'acknowledge' }
  | { action: 'assign'; member: string }
  | { action: 'comment'; text: string }
  | { action: 'resolve'; text: string }
  | { action: 'false-alarm'; reason: FalseAlarmReason; text: string }

/** Answer an alert as it was seen: `version` lets the server refuse when a colleague was first. */
export function answerAlert(alert: Pick<Alert, 'id' | 'version'>, { action, ...body }: Answer): Promise<AlertDetail> {
  return request('POST', `alerts/${alert.id}/${action}/`, { body: { ...body, version: alert.version } })
}

export const listSites = (): Promise<Site[]> => all('sites/')
export const listMembers = (): Promise<Member[]> => all('members/')
export const listCameras = (signal?: AbortSignal): Promise<Camera[]> => all('cameras/', signal)
export const readCamera = (id: string, signal?: AbortSignal): Promise<Camera> => request('GET', `cameras/${id}/`, { signal })
export const addCamera = (camera: CameraInput): Promise<Camera> => request('POST', 'cameras/', { body: camera })
export const changeCamera = (id: string, camera: Partial<CameraInput> & { version?: number }): Promise<Camera> => request('PATCH', `cameras/${id}/`, { body: camera })
export const removeCamera = (id: string): Promise<void> => request('DELETE', `cameras/${id}/`)
export const testCamera = (source: ProbeInput, signal?: AbortSignal): Promise<ProbeResult> => request('POST', 'cameras/test/', { body: source, signal })
export const readWatchers = (signal?: AbortSignal): Promise<WatchersView> => request('GET', 'watchers/', { signal })

export const addZone = (camera: string, zone: ZoneInput): Promise<Zone> => request('POST', `cameras/${camera}/zones/`, { body: zone })
export const changeZone = (camera: string, id: string, zone: Partial<ZoneInput>): Promise<Zone> => request('PATCH', `cameras/${camera}/zones/${id}/`, { body: zone })
export const removeZone = (camera: string, id: string): Promise<void> => request('DELETE', `cameras/${camera}/zones/${id}/`)
export const addLine = (camera: string, line: LineInput): Promise<Line> => request('POST', `cameras/${camera}/lines/`, { body: line })
export const changeLine = (camera: string, id: string, line: Partial<LineInput>): Promise<Line> => request('PATCH', `cameras/${camera}/lines/${id}/`, { body: line })
export const removeLine = (camera: string, id: string): Promise<void> => request('DELETE', `cameras/${camera}/lines/${id}/`)

export const listRuleKinds = (signal?: AbortSignal): Promise<RuleKind[]> => all('rule-kinds/', signal)
export const listLabels = (signal?: AbortSignal): Promise<Label[]> => all('labels/', signal)
export const listRules = (signal?: AbortSignal): Promise<Rule[]> => all('rules/', signal)
export const readRule = (id: string, signal?: AbortSignal): Promise<Rule> => request('GET', `rules/${id}/`, { signal })
export const addRule = (rule: RuleInput): Promise<Rule> => request('POST', 'rules/', { body: rule })
export const changeRule = (id: string, rule: Partial<Omit<RuleInput, 'camera'>> & { version: number; renew?: boolean }): Promise<Rule> => request('PATCH', `rules/${id}/`, { body: rule })
export const removeRule = (id: string): Promise<void> => request('DELETE', `rules/${id}/`)
export const readSilentRun = (id: string): Promise<SilentRun> => request('GET', `rules/${id}/trial/`)
export const startTrial = (lookout: Lookout): Promise<Trial> => request('POST', 'trials/', { body: lookout })
export const readTrial = (id: string): Promise<Trial> => request('GET', `trials/${id}/`)
/** What of a rule a trial needs. */
export type Lookout = Pick<RuleInput, 'camera' | 'kind' | 'settings' | 'zone' | 'line' | 'schedule' | 'quiet_s'>

export const recordingAddress = (id: string): string => `/api/recordings/${id}/`
export const pictureAddress = (camera: string): string => `/api/cameras/${camera}/picture/`

/** All of a list, whether the server pages it or not. */
export async function all<T>(path: string, signal?: AbortSignal): Promise<T[]> {
  const found: T[] = []
  for (let page = 1; ; page += 1) {
    const answer: Page<T> | T[] = await request('GET', path, { query: page === 1 ? { page_size: 200 } : { page_size: 200, page }, signal })
    if (Array.isArray(answer)) return answer
    found.push(...answer.results)
    if (answer.next === null || answer.next === undefined) return found
  }
}
