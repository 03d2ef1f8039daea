// What a measurement was made on.
import { execSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import os from 'node:os'

const said = command => { try { return execSync(command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() } catch { return '' } }

export function machine(folder) {
  return {
    at: new Date().toISOString(),
    commit: said('git rev-parse --short HEAD') + (said('git status --porcelain') ? ' with changes' : ''),
    processor: os.cpus()[0]?.model.trim(),
    cores: os.cpus().length,
    memory_gib: Math.round(os.totalmem() / 2 ** 30),
    kernel: os.release(),
    system: /PRETTY_NAME="(.*)"/.exec(readFileSync('/etc/os-release', 'utf8'))?.[1],
    file_system: said(`stat -f -c %T '${folder.replaceAll("'", "'\\''")}'`),
    compiler: said('gcc --version').split('\n')[0],
    load_before: os.loadavg()[0],
  }
}
