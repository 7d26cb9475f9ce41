/** Days as the address writes them, `2026-11-25`, on the reader's clock. */

/** The day of an instant. */
export function dayKey(at: Date): string {
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`
}

/** The instant at which a day begins, or the day so many after it; `undefined` for what is no day. */
export function midnight(day: string | null, after: number): string | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? '')
  if (parts === null) return undefined
  const at = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + after)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}
