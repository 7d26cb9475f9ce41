/** Starts the page: preferences, language, address, then the app. */
import { mount } from 'svelte'
import App from './App.svelte'
import { startClock } from './lib/now.svelte'
import { guessLanguage, speak } from './lib/language.svelte'
import { readPreferences } from './lib/preferences.svelte'
import { startRouter } from './lib/router.svelte'
import { followMember, loadSession } from './lib/session.svelte'
import './styles/app.css'

async function start(): Promise<void> {
  readPreferences()
  startRouter()
  startClock()
  await speak(guessLanguage())
  await loadSession()
  await followMember()
  const target = document.getElementById('app')
  if (target !== null) mount(App, { target })
}

void start()
