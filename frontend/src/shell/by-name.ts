/** The same page by the machine's name, where it was opened at this machine by number: passkeys need a name. */
export function byName({ hostname, port, protocol, pathname, search, hash }: Pick<Location, 'hostname' | 'port' | 'protocol' | 'pathname' | 'search' | 'hash'>): string | null {
  if (hostname !== '127.0.0.1' && hostname !== '[::1]') return null
  return `${protocol}//localhost${port === '' ? '' : `:${port}`}${pathname}${search}${hash}`
}
