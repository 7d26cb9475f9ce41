/** The cameras that a link to the wall asks for: those of a place, or exactly these. The map and the plans lead here so. */

export interface Asked {
  /** `?site=…` */
  site: string | null
  /** `?cameras=a,b`, in this order. */
  cameras: readonly string[]
}

export function askedFor(site: string | null, cameras: string | null): Asked | null {
  const ids = (cameras ?? '').split(',').filter((id) => id !== '')
  if (ids.length > 0) return { site: null, cameras: ids }
  return site === null ? null : { site, cameras: [] }
}

/** Those of the cameras that are asked for; without a wish all of them. What is not within reach is not there. */
export function narrowed<T extends { id: string; site: string }>(all: readonly T[], asked: Asked | null): readonly T[] {
  if (asked === null) return all
  if (asked.site !== null) return all.filter((camera) => camera.site === asked.site)
  return asked.cameras.flatMap((id) => all.find((camera) => camera.id === id) ?? [])
}
