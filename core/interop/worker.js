'use strict';
// A worker in a process of its own, over better-sqlite3: the twin of worker.py, with the same arguments and output.
//
// Usage: node worker.js LIBRARY DATABASE QUEUE.

const Database = require('better-sqlite3');

const IDLE_POLL_MS = 5000;

const [library, file, queue] = process.argv.slice(2);
const db = new Database(file, { timeout: 60_000 });
db.loadExtension(library);

const claim = db.prepare("SELECT honker_claim_batch(?, 'worker', 8, 60)").pluck();
const ack = db.prepare("SELECT honker_ack(?, 'worker')").pluck();
const wait = db.prepare('SELECT honker_update_watcher_wait(?, ?)').pluck();
const commits = db.prepare('SELECT honker_update_watcher_open(?, NULL)').pluck().get(file);
console.log('ready');

const payloads = [];
while (!payloads.includes('stop')) {
  const jobs = JSON.parse(claim.get(queue));
  for (const job of jobs) {
    payloads.push(job.payload);
    if (ack.get(job.id) !== 1) throw new Error(`job ${job.id} could not be acked`);
  }
  if (jobs.length === 0 && wait.get(commits, IDLE_POLL_MS) < 0) throw new Error('the watcher died');
}
console.log(JSON.stringify(payloads.filter((payload) => payload !== 'stop')));
db.close();
