/**
 * Where the makers of cameras put their pictures, as they say in their manuals: a help to begin with, the test says whether it is right.
 * `{host}`, `{port}` and `{channel}` are filled in. A new maker is one more entry.
 */
import type { SourceKind } from '../../api/types'

export interface PathTemplate {
  /** Which of the camera's streams: the full picture, or a smaller one that costs less. */
  stream: 'main' | 'small' | 'only'
  source: SourceKind
  path: string
}

export interface Maker {
  name: string
  port: number
  /** Whether recorders of this maker number their cameras in the path. */
  channels: boolean
  templates: readonly PathTemplate[]
}

const rtsp = (stream: PathTemplate['stream'], path: string): PathTemplate => ({ stream, source: 'rtsp', path })

export const MAKERS: readonly Maker[] = [
  { name: 'Axis', port: 554, channels: true, templates: [rtsp('main', '/axis-media/media.amp?camera={channel}'), rtsp('small', '/axis-media/media.amp?camera={channel}&resolution=640x480')] },
  { name: 'Bosch', port: 554, channels: false, templates: [rtsp('main', '/?inst=1'), rtsp('small', '/?inst=2')] },
  { name: 'Dahua, Amcrest, Lorex', port: 554, channels: true, templates: [rtsp('main', '/cam/realmonitor?channel={channel}&subtype=0'), rtsp('small', '/cam/realmonitor?channel={channel}&subtype=1')] },
  { name: 'Foscam', port: 88, channels: false, templates: [rtsp('main', '/videoMain'), rtsp('small', '/videoSub')] },
  { name: 'Hanwha (Wisenet, Samsung)', port: 554, channels: false, templates: [rtsp('main', '/profile2/media.smp'), rtsp('small', '/profile3/media.smp')] },
  { name: 'Hikvision, HiLook', port: 554, channels: true, templates: [rtsp('main', '/Streaming/Channels/{channel}01'), rtsp('small', '/Streaming/Channels/{channel}02')] },
  { name: 'i-PRO, Panasonic', port: 554, channels: false, templates: [rtsp('main', '/MediaInput/h264/stream_1'), rtsp('small', '/MediaInput/h264/stream_2')] },
  { name: 'Mobotix', port: 554, channels: false, templates: [rtsp('only', '/mobotix.h264')] },
  { name: 'Reolink', port: 554, channels: true, templates: [rtsp('main', '/h264Preview_{channel:2}_main'), rtsp('small', '/h264Preview_{channel:2}_sub')] },
  { name: 'TP-Link (Tapo, VIGI)', port: 554, channels: false, templates: [rtsp('main', '/stream1'), rtsp('small', '/stream2')] },
  { name: 'Uniview', port: 554, channels: true, templates: [rtsp('main', '/unicast/c{channel}/s0/live'), rtsp('small', '/unicast/c{channel}/s1/live')] },
  { name: 'Vivotek', port: 554, channels: false, templates: [rtsp('main', '/live1s1.sdp'), rtsp('small', '/live1s2.sdp')] },
  { name: 'ONVIF', port: 554, channels: false, templates: [rtsp('main', '/onvif1'), rtsp('small', '/onvif2')] },
]

/** A template with everything filled in. The usual port is left out, as people write it. */
export function addressFrom(template: PathTemplate, host: string, port: number, channel: number): string {
  const path = template.path.replace('{channel:2}', String(channel).padStart(2, '0')).replaceAll('{channel}', String(channel))
  const usual = template.source === 'rtsp' ? 554 : 80
  const shown = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return `${template.source}://${shown}${port === usual ? '' : `:${port}`}${path}`
}

export interface SplitAddress {
  address: string
  user_name: string
  password: string
}

/** The address without the credentials in it, and those; `null` where there are none. They belong in fields that are kept encrypted. */
export function splitCredentials(address: string): SplitAddress | null {
  const found = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@(.*)$/is.exec(address.trim())
  if (found === null) return null
  const [, scheme = '', info = '', rest = ''] = found
  const colon = info.indexOf(':')
  const name = colon < 0 ? info : info.slice(0, colon)
  const secret = colon < 0 ? '' : info.slice(colon + 1)
  return { address: scheme + rest, user_name: plainText(name), password: plainText(secret) }
}

function plainText(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part // a percent sign that encodes nothing is meant as it stands
  }
}

/** What the address says of the way its pictures arrive; `null` when it says nothing. */
export function kindOf(address: string): SourceKind | null {
  const scheme = /^([a-z]+):\/\//i.exec(address.trim())?.[1]?.toLowerCase()
  if (scheme === 'rtsp' || scheme === 'rtsps') return 'rtsp'
  return scheme === 'http' || scheme === 'https' ? 'http' : null
}
