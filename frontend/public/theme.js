// Sets theme and language before the first paint. A file of its own, because the security policy allows no inline script.
(function () {
  var root = document.documentElement
  function kept(name) {
    try {
      return localStorage.getItem('vigie.' + name)
    } catch {
      return null // A browser that keeps nothing shows the first theme.
    }
  }
  var theme = kept('theme')
  var language = kept('language')
  if (theme === 'light' || (theme === 'system' && matchMedia('(prefers-color-scheme: light)').matches)) root.dataset.theme = 'light'
  if (kept('contrast') === 'more') root.dataset.contrast = 'more'
  if (kept('density') === 'compact') root.dataset.density = 'compact'
  if (/^[a-z]{2}(-[A-Z]{2})?$/.test(language || '')) root.lang = language
})()
