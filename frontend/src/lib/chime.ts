/** Sounds of short tones, made here, so that no file has to arrive first. */

let context: AudioContext | null = null
const TONE_S = 0.16
/** The loudest a page may be, whatever is asked for. */
const MOST = 0.55

/**
 * @param pitches In Hz, one after the other.
 * @param volume 0 to 100, as preferred.
 * @param growth How many times louder than usual.
 */
export function chime(pitches: readonly number[], volume: number, growth = 1): void {
  context ??= new AudioContext()
  const start = context.currentTime
  for (const [index, pitch] of pitches.entries()) tone(context, pitch, start + index * TONE_S, Math.min(MOST, (0.3 * volume * growth) / 100))
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
  source.stop(at + TONE_S)
}
