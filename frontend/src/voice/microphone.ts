/** The microphone: asked for, recorded in small pieces of Opus, and given back. */
import { t } from '../lib/language.svelte'

/** What is recorded for whom. Only the first is sent live. */
const LIVE = 'audio/webm;codecs=opus'
const KINDS = [LIVE, 'audio/ogg;codecs=opus', 'audio/mp4']

/** Why there is no sound, a sentence. */
export class NoMicrophone extends Error {}

export async function openMicrophone(): Promise<MediaStream> {
  // Only at an address that is secure: https, or this machine.
  if (!('mediaDevices' in navigator) || typeof MediaRecorder === 'undefined') throw new NoMicrophone(t('voice.no_microphone'))
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true } })
  } catch (error) {
    const refused = error instanceof DOMException && error.name === 'NotAllowedError'
    throw new NoMicrophone(t(refused ? 'voice.microphone_refused' : 'voice.microphone_missing'))
  }
}

export function closeMicrophone(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

export const canSpeakLive = (): boolean => 'mediaDevices' in navigator && typeof MediaRecorder !== 'undefined' && MediaRecorder.isTypeSupported(LIVE)

/** A recorder whose pieces can be sent live; throws where the browser has none. */
export function liveRecorder(stream: MediaStream): MediaRecorder {
  return new MediaRecorder(stream, { mimeType: LIVE, audioBitsPerSecond: 24_000 })
}

/** A recorder for a file. */
export function fileRecorder(stream: MediaStream): MediaRecorder {
  const kind = KINDS.find((one) => MediaRecorder.isTypeSupported(one))
  return new MediaRecorder(stream, kind === undefined ? { audioBitsPerSecond: 64_000 } : { mimeType: kind, audioBitsPerSecond: 64_000 })
}
