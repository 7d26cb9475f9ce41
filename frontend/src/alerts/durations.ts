/** A time in words: `20 s`, `3 min`. */
export function lastedWords(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 || seconds % 60 !== 0 ? `${seconds}\u00a0s` : `${seconds / 60}\u00a0min`
}
