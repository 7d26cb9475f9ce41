// Shows what was pushed to this browser while no page of ours is open, and opens the message when it is pressed.
self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('push', (event) => {
  let told = {}
  try {
    told = event.data ? event.data.json() : {}
  } catch {
    told = {} // Not of ours in form: something came all the same, and the page says what.
  }
  event.waitUntil(
    self.registration.showNotification(told.title || 'Vigie', {
      body: told.body || '',
      lang: told.language || '',
      // A message that is sent again replaces the one before it, and is heard again.
      tag: told.reference || 'vigie',
      renotify: true,
      requireInteraction: true,
      data: { link: told.link || '' },
    }),
  )
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data.link))
})

/** The message's own page where it has a link, else the member's page, in a window that shows it already if there is one. */
async function open(link) {
  const address = /^https?:\/\//.test(link) ? link : new URL('/me', self.location.origin).href
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const there = windows.find((one) => one.url === address)
  await (there ? there.focus() : self.clients.openWindow(address))
}
