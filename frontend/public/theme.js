// Sets theme and language before the first paint. A file of its own, because the security policy allows no inline script.
(function () {
  var theme = null
  var language = null
  try {
    theme = localStorage.getItem('vigie.theme')
    language = localStorage.getItem('vigie.language')
  } catch {
    // A browser that keeps nothing shows the first theme.
  }
  if (theme === 'light') document.documentElement.dataset.theme = 'light'
  if (language === 'fr' || language === 'en') document.documentElement.lang = language
})()
