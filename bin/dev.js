#!/usr/bin/env node
/* Runs the sources as they are, by Node's own type stripping: no build in between. */
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { start } from '../src/cli/main.ts'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const pjson = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
pjson.oclif.commands.target = './src/commands'
await start({ argv: process.argv.slice(2), root, pjson })
