#!/usr/bin/env node
/* Starts the command line. This file must parse on any old Node, so that it can say which one is needed. */
import fs from 'node:fs'
import module from 'node:module'
import path from 'node:path'
import url from 'node:url'

const root = path.dirname(path.dirname(url.fileURLToPath(import.meta.url)))
const pjson = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
const argv = process.argv.slice(2)

if (Number(process.versions.node.split('.')[0]) < 24) {
  refuse(`svc-mock needs Node 24 or newer, but this is Node ${process.versions.node}`)
} else if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  process.stdout.write(`${pjson.name}/${pjson.version} node-${process.version}\n`)
} else {
  module.enableCompileCache()
  import('../dist/cli/main.js').then((program) => program.start({ argv: argv, root: root, pjson: pjson }))
}

function refuse(message) {
  const hint = 'install Node 24, or run it through npm in a project that has the package node@24'
  if (argv.indexOf('--json') === -1) process.stderr.write(`error: ${message}; ${hint}\n`)
  else process.stdout.write(`${JSON.stringify({ error: { code: 'NODE_TOO_OLD', message, hint } })}\n`)
  process.exitCode = 3
}
