/** Whether messages to people stay on this machine, on simulated phones; the server says so. */
import { readAbout } from '../api/about'

class Simulation {
  /** `null` until it is known. */
  on = $state<boolean | null>(null)
}
export const simulation = new Simulation()

/** Ask the server, once a page. Where it does not answer, nothing is offered that may not be there. */
export async function askWhetherSimulated(): Promise<void> {
  if (simulation.on !== null) return
  try {
    simulation.on = (await readAbout()).simulation
  } catch {
    // Asked again by the next screen that wants to know.
  }
}
