/** The sound of a new alert: two short tones, made here, so that no file has to arrive first. */

let context: AudioContext | null = null

/** @param volume 0 to 100, as preferred. */
export function chime(severity: number, volume: number): void {
  context ??= new AudioContext()
  const start = context.currentTime
  const pitches = severity >= 4 ? [880, 1175, 880] : [660, 880]
  for (const [index, pitch] of pitches.entries()) tone(context, pitch, start + index * 0.16, (0.3 * volume) / 100)
}

function tone(audio: AudioContext, pitch: number, at: number, loudness: number): void {
  const source = audio.createOscillator()
  const volume = audio.createGain()
  source.frequency.value = pitch
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(Math.max(0.001, loudness), at + 0.02)
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.15)
  source.connect(volume).connect(audio.destination)
  source.start(at)
  source.stop(at + 0.16)
}
