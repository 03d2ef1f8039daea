// Datasets in the words of others, each read by what knows nothing of this server: the DCAT catalogue by a JSON-LD
// processor, Darwin Core Archives by unzip, Python and xmllint, and by our own import, which must give the rows
// back; Table Schema by the rows it describes, and by an import that is told it.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import jsonld from 'jsonld'

import { Node, banyan, must, tally } from '../house/node.js'

const here = path.dirname(fileURLToPath(import.meta.url))
const node = new Node()

const seen = Array.from({ length: 40 }, (_, i) => ({ occurrenceID: `urn:x:${i}`, basisOfRecord: 'HumanObservation', scientificName: ['Pongo pygmaeus', 'Tupaia minor'][i % 2],
  eventDate: `2020-03-${String(1 + i % 28).padStart(2, '0')}`, decimalLatitude: 1 + i / 8, decimalLongitude: 110 + i / 16, individualCount: i % 3 ? i : '',
  recordedBy: i === 3 ? 'Möller, "J."' : 'Aung', occurrenceRemarks: i === 5 ? 'two\nlines and a\ttab' : i === 6 ? '<b>&' : '', 'plot (own)': `plot ${i % 4}` }))
const cell = x => /[",\n\t]/.test(x) ? `"${String(x).replaceAll('"', '""')}"` : String(x)
const csv_of = rows => [Object.keys(rows[0]).map(cell).join(','), ...rows.map(r => Object.values(r).map(cell).join(','))].join('\n') + '\n'

const same = (...words) => tally.same(...words)
const get = (target, headers = {}) => new Promise((resolve, reject) => {
  http.get({ host: node.host, port: node.port, path: target, headers }, answer => {
    const parts = []
    answer.on('data', part => parts.push(part))
    answer.on('error', reject)
    answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(parts) }))
  }).on('error', reject)
})
const json = async (target, headers) => JSON.parse((await get(target, headers)).bytes)
function run(command, ...words) {
  const done = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28 })
  tally.check(done.status === 0, `${command} ${words.join(' ')} finds nothing wrong`, done.error ?? '', done.stdout, done.stderr)
  return done.stdout
}
const plain = ({ _flags, ...row }) => row

// ---- Darwin Core Archive ----

async function archive() {
  const answer = await get('/dataset/seen.dwca.zip')
  same([answer.status, answer.headers['content-type'], answer.headers['content-disposition']], [200, 'application/zip', 'attachment; filename="seen.dwca.zip"'], 'the archive says what it is')
  const folder = path.join(node.work, 'archive'), file = path.join(node.work, 'seen.dwca.zip')
  writeFileSync(file, answer.bytes)
  run('unzip', '-tq', file)
  run('/usr/bin/python3', '-c', 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); sys.exit(z.testzip() is not None)', file)
  mkdirSync(folder)
  run('unzip', '-q', file, '-d', folder)
  run('xmllint', '--noout', '--relaxng', path.join(here, 'dwca-meta.rng'), path.join(folder, 'meta.xml'))
  run('xmllint', '--noout', path.join(folder, 'eml.xml'))
  const at = (name, where) => run('xmllint', '--xpath', where, path.join(folder, name)).trim()
  const local = name => `*[local-name()="${name}"]`
  same(at('meta.xml', `string(//${local('core')}/@rowType)`), 'http://rs.tdwg.org/dwc/terms/Occurrence', 'its core is occurrences')
  same(at('meta.xml', `string(//${local('id')}/@index)`), '0', 'the id is the occurrenceID')
  const terms = [...readFileSync(path.join(folder, 'meta.xml'), 'utf8').matchAll(/<field index="(\d+)" term="([^"]+)"\/>/g)].map(m => m[2])
  same([terms.length, terms[0], terms[9].replace(/^.*\/dataset/, '/dataset')], [10, 'http://rs.tdwg.org/dwc/terms/occurrenceID', '/dataset/seen#plot%20%28own%29'], 'each column has its term, one that is none an address of the dataset')
  for (const [where, wanted] of [['//dataset/title[@*[local-name()="lang"]="en"]', 'Seen on Borneo'], ['//dataset/creator/organizationName', 'House'], ['//dataset/contact/organizationName', 'House'],
    ['//dataset/abstract/para', 'Apes & shrews.'], ['//intellectualRights//ulink/@url', 'https://creativecommons.org/licenses/by/4.0/'], ['//gbif/citation', 'House (2020) Seen on Borneo.'],
    ['//westBoundingCoordinate', '110'], ['//northBoundingCoordinate', String(1 + 39 / 8)], ['//beginDate/calendarDate', '2020-03-01'], ['//endDate/calendarDate', '2020-03-28']])
    same(at('eml.xml', `string(${where})`), wanted, `EML says ${where}`)
  const rows = readFileSync(path.join(folder, 'occurrence.txt'), 'utf8').trim().split('\n').map(line => line.split('\t'))
  same(rows[0], Object.keys(seen[0]), 'the table has the columns')
  same(rows.slice(1), seen.map(r => Object.values(r).map(x => String(x).replace(/[\n\t]/g, ' '))), 'and the rows; a tab or a new line in a cell is a space')

  same((await get('/dataset/seen.dwca.zip?scientificName=Tupaia%20minor')).status, 200, 'a question can be asked of it')
  same((await get('/dataset/seen.dwca.zip?group=scientificName')).status, 404, 'what is gathered is no core')
  same((await get('/dataset/plain.dwca.zip')).status, 404, 'a dataset of other columns has none')
  const page = (await get('/dataset/seen', { accept: 'text/html' })).bytes.toString(), other = (await get('/dataset/plain')).bytes.toString()
  same([page.includes('href="/dataset/seen.dwca.zip"'), other.includes('.dwca.zip')], [true, false], 'the page offers it where it is')
}

const bring_back = () => must(['import', node.folder, path.join(node.work, 'seen.dwca.zip'), '--into', 'back', '--owner', 'house', '--state', 'published', '--audience', 'public'])

async function archive_back() {
  const [there, back] = [await json('/dataset/seen.json?limit=100'), await json('/dataset/back.json?limit=100')]
  const named = row => Object.values(plain(row)).map(x => typeof x === 'string' ? x.replace(/[\n\t]/g, ' ') : x)
  same(back.rows.map(named), there.rows.map(named), 'our import reads back the rows that went out')
  same(back.columns.filter(c => c.name !== '_flags').map(c => [c.type, c.role]), there.columns.filter(c => c.name !== '_flags').map(c => [c.type, c.role]), 'of the same types and roles')
  same([back.doc.name, back.doc.description, back.doc.licence, back.doc.citation], [{ en: there.doc.name.en }, there.doc.description, there.doc.licence, there.doc.citation], 'and what was said of them, its name in the first language')
}

// ---- DCAT ----

const dcat = name => `http://www.w3.org/ns/dcat#${name}`, dct = name => `http://purl.org/dc/terms/${name}`

async function catalogue() {
  const answer = await get('/catalog.jsonld')
  same([answer.status, answer.headers['content-type']], [200, 'application/ld+json'], 'the catalogue is JSON-LD')
  const value = JSON.parse(answer.bytes)
  const no_fetch = () => { throw new Error('a context was to be fetched') }
  const quads = (await jsonld.toRDF(value, { documentLoader: no_fetch })).map(q => [q.subject.value, q.predicate.value, q.object])
  const base = value['@id'].replace('/catalog.jsonld', '')
  const of = (subject, predicate) => quads.filter(([s, p]) => s === subject && p === predicate).map(([, , o]) => o)
  const values = (subject, predicate) => of(subject, predicate).map(o => o.value).sort()
  const type = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type'
  same(values(value['@id'], type), [dcat('Catalog')], 'it is a dcat:Catalog')
  same(values(value['@id'], dcat('dataset')), ['plain', 'seen'].map(slug => `${base}/dataset/${slug}`), 'with each dataset that one may see')
  const seen_at = `${base}/dataset/seen`
  same(values(seen_at, type), [dcat('Dataset')], 'which are of dcat:Dataset')
  same(of(seen_at, dct('title')).map(o => [o.language, o.value]).sort(), [['en', 'Seen on Borneo'], ['th', 'พบในบอร์เนียว']], 'titled by language')
  same(of(seen_at, dct('description')).map(o => [o.language, o.value]), [['en', 'Apes & shrews.']], 'described by language')
  same(values(seen_at, dct('license')), ['https://creativecommons.org/licenses/by/4.0/'], 'licensed by address')
  same(values(values(seen_at, dct('publisher'))[0], 'http://xmlns.com/foaf/0.1/name'), ['House'], 'published by an organisation')
  same(values(seen_at, dcat('version')), ['2'], 'of a version')
  for (const when of ['issued', 'modified'])
    tally.check(of(seen_at, dct(when)).every(o => o.datatype.value.endsWith('#dateTime') && !Number.isNaN(Date.parse(o.value))) && of(seen_at, dct(when)).length === 1, `${when} at a time`, JSON.stringify(of(seen_at, dct(when))))
  const period = values(seen_at, dct('temporal'))[0]
  same([of(period, dcat('startDate')), of(period, dcat('endDate'))].map(([o]) => [o.value.slice(0, 10), o.datatype.value.split('#')[1]]), [['2020-03-01', 'dateTime'], ['2020-03-28', 'dateTime']], 'of a time')
  const boxes = values(seen_at, dct('spatial')).flatMap(place => of(place, dcat('bbox')))
  same(boxes.map(o => [o.value, o.datatype.value.split('#')[1]]), [[`POLYGON((110 1,${110 + 39 / 16} 1,${110 + 39 / 16} ${1 + 39 / 8},110 ${1 + 39 / 8},110 1))`, 'wktLiteral']], 'within a box')
  tally.check(values(seen_at, dct('spatial')).includes(`${base}/country/MY`), 'and in a country', values(seen_at, dct('spatial')).join(' '))
  same(values(seen_at, dcat('landingPage')), [seen_at], 'with its page')
  const forms = values(seen_at, dcat('distribution'))
  same(forms.map(f => f.slice(seen_at.length)), ['.csv', '.dwca.zip', '.geojson', '.json', '.jsonl', '.parquet', '.xlsx'], 'and its forms')
  for (const form of forms) {
    const there = await get(new URL(values(form, dcat('downloadURL'))[0]).pathname)
    same([there.status, values(form, dcat('mediaType'))[0]], [200, 'https://www.iana.org/assignments/media-types/' + there.headers['content-type'].split(';')[0]], `${form} is there, of the type that is said`)
  }
  const mine = await json('/catalog.jsonld', { authorization: `Bearer ${node.token}` })
  same([mine['dcat:dataset'].length, JSON.stringify(mine).includes('/dataset/secret'), answer.bytes.toString().includes('secret')], [3, true, false], 'the owner\'s members see the hidden dataset in it, others do not')
}

// ---- Table Schema ----

const reads = { string: () => true, integer: x => /^-?\d+$/.test(x), number: x => x.trim() !== '' && Number.isFinite(Number(x)), boolean: x => x === 'true' || x === 'false',
  date: x => /^\d{4}-\d{2}-\d{2}$/.test(x), year: x => /^\d{4}$/.test(x), datetime: x => !Number.isNaN(Date.parse(x)) }

async function schema() {
  const answer = await get('/dataset/plain.schema.json')
  const said = JSON.parse(answer.bytes)
  same([answer.status, answer.headers['content-type']], [200, 'application/json'], 'the schema is JSON')
  const lines = (await get('/dataset/plain.csv')).bytes.toString().trim().split('\n').map(line => line.split(','))
  same(said.fields.map(f => f.name), lines[0], 'its fields are the columns of the CSV, in their order')
  for (const row of lines.slice(1)) row.forEach((x, i) =>
    tally.check(said.missingValues.includes(x) || reads[said.fields[i].type](x), `${x} is of ${said.fields[i].name}`, said.fields[i].type))
  same([said.primaryKey, said.missingValues, said.fields.find(f => f.name === 'level (m)').unit], [['id'], [''], 'm'], 'it has key, missing values and units')

  return said
}

function schemas_told(said) {
  const told = path.join(node.work, 'told.json'), file = path.join(node.work, 'plain.csv')
  writeFileSync(told, JSON.stringify(said))
  must(['import', node.folder, file, '--into', 'again', '--owner', 'house', '--columns', told, '--state', 'published', '--audience', 'public'])
  writeFileSync(told, JSON.stringify({ fields: [{ name: 'id', type: 'any' }, { name: 'day', type: 'date', format: '%d/%m/%Y' }, { name: 'level', type: 'number', constraints: { minimum: 0, maximum: 5, required: true } },
    { name: 'ok', type: 'boolean' }], missingValues: ['', 'gone'], primaryKey: 'id' }))
  const other = path.join(node.work, 'other.csv')
  writeFileSync(other, 'id,day,level,ok\n1,03/04/2021,1.5,true\n2,05/04/2021,gone,false\n3,06/04/2021,9,true\n')
  must(['import', node.folder, other, '--into', 'other', '--owner', 'house', '--columns', told, '--state', 'published', '--audience', 'public'])
  for (const [wrong, part] of [[{ fields: [{ type: 'string' }] }, '/fields/0/name'], [{ fields: [{ name: 'id', type: 'strng' }] }, 'strng'], [{ fields: 'id' }, '/fields']]) {
    writeFileSync(told, JSON.stringify(wrong))
    const done = banyan(['import', node.folder, other, '--into', 'never', '--owner', 'house', '--columns', told])
    tally.check(done.code !== 0 && done.err.includes(part), `a wrong schema is refused, naming ${part}`, done.err)
  }
}

// Words for yes and no, dates in any form, and the values a column may have.
const worded = { fields: [{ name: 'site', type: 'string', constraints: { enum: ['A', 'B'] } }, { name: 'grade', type: 'integer', constraints: { enum: [1, 2, 'none'] } },
  { name: 'seen', type: 'date', format: 'any' }, { name: 'open', type: 'boolean', trueValues: ['ja', '0'], falseValues: ['nein', '1'] }] }

function words_told() {
  const told = path.join(node.work, 'told.json'), file = path.join(node.work, 'worded.csv')
  writeFileSync(told, JSON.stringify(worded))
  writeFileSync(file, 'site,grade,seen,open\nA,1,31.12.2024,ja\nB,2,01.11.2024,nein\nA,3,13.01.2025,1\nC,1,14.01.2025,0\nA,2,15.01.2025,vielleicht\n')
  must(['import', node.folder, file, '--into', 'worded', '--owner', 'house', '--columns', told, '--state', 'published', '--audience', 'public'])
}

async function words_back() {
  const there = await json('/dataset/worded.json'), said = JSON.parse((await get('/dataset/worded.schema.json')).bytes)
  same(there.rows, [['A', 1, '2024-12-31', true, null], ['B', 2, '2024-11-01', false, null], ['A', 3, '2025-01-13', false, 'value-unlisted'], ['C', 1, '2025-01-14', true, 'value-unlisted']]
    .map(([site, grade, seen, open, _flags]) => ({ site, grade, seen, open, _flags })), 'a schema from elsewhere says words for yes and no, what a column may have, and dates in any form')
  same([there.doc.parts[0].aside, there.doc.columns[2].pattern], [1, '%d.%m.%Y'], 'a word that is neither sets its row aside; the form of the dates is the one the file shows')
  same(said.fields.slice(0, 4).map(f => [f.constraints?.enum, f.trueValues, f.falseValues]), [[['A', 'B'], undefined, undefined], [['1', '2', 'none'], undefined, undefined], [undefined, undefined, undefined],
    [undefined, ['ja', '0'], ['nein', '1']]], 'and the schema that goes out says them')
}

// A key from elsewhere, by the slug of its table, comes out again by its id.
function keys_told() {
  const told = path.join(node.work, 'told.json'), file = path.join(node.work, 'keyed.csv')
  writeFileSync(told, JSON.stringify({ fields: [{ name: 'of', type: 'string' }, { name: 'n', type: 'integer' }],
    foreignKeys: [{ fields: 'of', reference: { resource: 'other', fields: 'id' } }, { fields: ['of', 'n'], reference: { resource: 'other', fields: ['a', 'b'] } }] }))
  writeFileSync(file, 'of,n\n2,1\nno such,2\n')
  must(['import', node.folder, file, '--into', 'keyed', '--owner', 'house', '--columns', told, '--state', 'published', '--audience', 'public'])
}

// What terms by column withhold is told where people look for it: by EML and by the catalogue, to whom it is withheld.
function coarse_made() {
  const file = path.join(node.work, 'coarse.csv')
  writeFileSync(file, 'occurrenceID,scientificName,decimalLatitude,decimalLongitude,status\n1,Panthera tigris,14.123,100.456,CR\n2,Panthera tigris,14.5,100.9,LC\n')
  must(['load', node.folder, '-', '--owner', 'house', '--state', 'published'], JSON.stringify({ kind: 'dataset', slug: 'coarse', doc: { name: { en: 'Coarse' },
    terms: [{ columns: ['decimalLatitude', 'decimalLongitude'], how: 'grid', degrees: 0.5, where: 'status', values: ['CR'] }] } }))
  must(['import', node.folder, file, '--into', 'coarse'])
}

async function coarse_told() {
  const told = 'decimalLatitude, decimalLongitude: the middle of a cell of 0.5 degrees; in rows whose status is CR.', mine = { authorization: `Bearer ${node.token}` }
  for (const [headers, wanted] of [[{}, told], [mine, '']]) {
    const zip = path.join(node.work, 'coarse.dwca.zip')
    writeFileSync(zip, (await get('/dataset/coarse.dwca.zip', headers)).bytes)
    const eml = path.join(node.work, 'coarse-eml.xml')
    writeFileSync(eml, run('unzip', '-p', zip, 'eml.xml'))
    same(run('xmllint', '--xpath', 'string(//*[local-name()="dataset"]/additionalInfo/para)', eml).trim(), wanted, `EML says ${wanted ? 'what is generalised' : 'nothing of it to the owner'}`)
    const one = (await json('/catalog.jsonld', headers))['dcat:dataset'].find(d => d['@id'].endsWith('/dataset/coarse'))
    same(one['dct:accessRights']?.['rdfs:label'][0]['@value'] ?? '', wanted, 'and so does the catalogue')
  }
}

// An archive whose core has no id of Darwin Core's: the column of that role is it.
async function id_by_role() {
  const zip = path.join(node.work, 'ided.dwca.zip')
  writeFileSync(zip, (await get('/dataset/ided.dwca.zip')).bytes)
  const meta = path.join(node.work, 'ided-meta.xml')
  writeFileSync(meta, run('unzip', '-p', zip, 'meta.xml'))
  same(run('xmllint', '--xpath', 'string(//*[local-name()="id"]/@index)', meta).trim(), '1', 'without an occurrenceID the id is the column of that role')
}

async function keys_back() {
  const [there, said] = [await json('/dataset/other.json'), JSON.parse((await get('/dataset/keyed.schema.json')).bytes)]
  same(said.foreignKeys, [{ fields: ['of'], reference: { resource: there.id, fields: ['id'] } }], 'foreign keys come in and go out, of one column each')
  same((await json('/dataset/keyed.json')).rows.map(row => row._flags), [null, 'key-unknown'], 'and what is not there is flagged')
}

async function schema_back() {
  const [there, again, other] = [await json('/dataset/plain.json'), await json('/dataset/again.json'), await json('/dataset/other.json')]
  same([again.doc.columns, again.rows], [there.doc.columns, there.rows], 'an import that is told the schema makes the same columns and rows')
  same(other.rows, [{ id: '1', day: '2021-04-03', level: 1.5, ok: true, _flags: null }, { id: '2', day: '2021-04-05', level: null, ok: false, _flags: 'value-missing' },
    { id: '3', day: '2021-04-06', level: 9, ok: true, _flags: 'out-of-range' }], 'a schema from elsewhere says types, date form, missing values and bounds')
  same(other.doc.columns[0].role, 'id', 'and the key')
}

try {
  node.make()
  const into = (slug, rows, audience, ...more) => {
    writeFileSync(path.join(node.work, `${slug}.csv`), csv_of(rows))
    must(['import', node.folder, path.join(node.work, `${slug}.csv`), '--into', slug, '--owner', 'house', '--state', 'published', '--audience', audience, ...more])
  }
  must(['load', node.folder, '-', '--owner', 'house', '--state', 'published'], [{ kind: 'country', doc: { code: 'MY' } },
    { kind: 'dataset', slug: 'seen', doc: { name: { en: 'Seen on Borneo', th: 'พบในบอร์เนียว' }, description: { en: 'Apes & shrews.' }, licence: 'CC BY 4.0', citation: 'House (2020) Seen on Borneo.', countries: ['MY'] } }]
    .map(x => JSON.stringify(x) + '\n').join(''))
  into('seen', seen, 'public')
  into('plain', [{ id: 'a1', day: '2021-04-03', 'level (m)': 1.5, since: 1999 }, { id: 'a2', day: '2021-04-04', 'level (m)': 2, since: 2001 }, { id: 'a3', day: '', 'level (m)': '', since: 2002 }], 'public')
  into('secret', [{ n: 1 }], 'own')
  await node.serve()
  await catalogue()
  await archive()
  const said = await schema()
  await node.end()
  bring_back()
  schemas_told(said)
  keys_told()
  words_told()
  into('ided', [1, 2, 3].map(n => ({ scientificName: 'Pongo pygmaeus', id: `r${n}`, basisOfRecord: 'HumanObservation' })), 'public')
  coarse_made()
  await node.serve()
  await archive_back()
  await schema_back()
  await keys_back()
  await words_back()
  await id_by_role()
  await coarse_told()
} finally {
  if (node.child) await node.end()
  node.remove()
}
tally.close()
