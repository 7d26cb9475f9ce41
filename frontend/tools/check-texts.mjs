// Checks the texts: same keys and parameters in every language, and every key used somewhere. Exits 1 with what is wrong.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../src', import.meta.url))
const ENTRY = /^ {2}'?([\w.]+)'?:\s*(['"`])((?:\\.|(?!\2).)*)\2,?$/

/** Keys and sentences of one language's folder. */
function readTexts(language) {
  const found = new Map()
  const folder = join(source, 'texts', language)
  for (const file of readdirSync(folder).filter((name) => name !== 'language.ts')) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      const entry = ENTRY.exec(line)
      if (entry) found.set(entry[1], entry[3])
    }
  }
  return found
}

/** All code but the texts, as one string. */
function readCode(folder) {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => !path.endsWith('/texts') && !path.endsWith('schema.ts'))
    .map((path) => (statSync(path).isDirectory() ? readCode(path) : /\.(ts|svelte)$/.test(path) ? readFileSync(path, 'utf8') : ''))
    .join('\n')
}

const parameters = (sentence) => [...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort().join()

const languages = readdirSync(join(source, 'texts')).filter((name) => statSync(join(source, 'texts', name)).isDirectory())
const [first, ...others] = languages.map((language) => ({ language, texts: readTexts(language) }))
const problems = []

for (const { language, texts } of others) {
  for (const [key, sentence] of first.texts) {
    if (!texts.has(key)) problems.push(`${language}: ${key} is missing`)
    else if (parameters(texts.get(key)) !== parameters(sentence)) problems.push(`${language}: ${key} has other parameters than ${first.language}`)
  }
  for (const key of texts.keys()) if (!first.texts.has(key)) problems.push(`${language}: ${key} is not in ${first.language}`)
}

const code = readCode(source)
const literal = new Set([...code.matchAll(/['"`]([\w.]+)['"`]/g)].map((match) => match[1]))
// `t(`place.${kind}_help`)` uses every key of that form.
const forms = [...code.matchAll(/(?:t|counted)\(\s*`([^`]+)`/g)].map((match) => new RegExp(`^${match[1].replace(/[.]/g, '\\.').replace(/\$\{[^}]+\}/g, '[a-z0-9_]+')}$`))
for (const key of first.texts.keys()) {
  const base = key.replace(/\.(one|other)$/, '')
  if (![key, base].some((name) => literal.has(name) || forms.some((form) => form.test(name)))) problems.push(`${key} is not used`)
}

/** The files that are loaded with the first screens: what they import, and what that imports, but not what is loaded later. */
function loadedFirst(path, seen = new Set()) {
  const file = [path, `${path}.ts`, join(path, 'index.ts')].find((one) => existsSync(one) && statSync(one).isFile())
  if (file === undefined || seen.has(file) || file.includes('/texts/') || file.endsWith('schema.ts')) return seen
  seen.add(file)
  for (const [, from] of readFileSync(file, 'utf8').matchAll(/^\s*(?:import|export) (?!type )[^'"\n]*from '(\.[^']+)'/gm)) loadedFirst(join(dirname(file), from), seen)
  return seen
}

// What rooms say comes with them: the first screens must not need it.
const later = new Map()
for (const [, file] of readFileSync(join(source, 'texts', first.language, 'rooms.ts'), 'utf8').matchAll(/from '\.\/(\w+)'/g)) {
  for (const line of readFileSync(join(source, 'texts', first.language, `${file}.ts`), 'utf8').split('\n')) {
    const entry = ENTRY.exec(line)
    if (entry) later.set(entry[1].replace(/\.(one|other)$/, ''), file)
  }
}
const firstFiles = new Set(['main.ts', 'console/Console.svelte', 'alerts/AlertsScreen.svelte', 'alerts/AlertScreen.svelte'].flatMap((entry) => [...loadedFirst(join(source, entry))]))
for (const file of firstFiles) {
  for (const [, key] of readFileSync(file, 'utf8').matchAll(/['"`]([\w.]+)['"`]/g)) {
    if (later.has(key)) problems.push(`${file.slice(source.length + 1)} says ${key}, which is loaded with the room '${later.get(key)}': move it to frame.ts`)
  }
}
if (firstFiles.size < 60) problems.push(`only ${firstFiles.size} files are loaded first: this check no longer understands the imports`)
if (first.texts.size < 50) problems.push(`only ${first.texts.size} texts were found: this check no longer understands the files`)
for (const problem of problems) console.error(problem)
console.log(`${first.texts.size} texts in ${languages.join(', ')}${problems.length === 0 ? ': complete, all used' : ''}`)
process.exit(problems.length === 0 ? 0 : 1)
