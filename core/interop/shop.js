'use strict';
// What the tests of better-sqlite3 share: a scratch database of a shop, and a worker in another process.
//
// An order and the job that belongs to it are written in one transaction, so an order exists exactly when its job
// does. Jobs go to the queue 'mail' with the item as payload. Tests run one after the other, each with a shop of
// its own that openShop(t) takes down with the test.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');

const Database = require('better-sqlite3');

const extension = process.env.HONKER_EXT;
const enqueueSql = "SELECT honker_enqueue('mail', ?, NULL, NULL, 0, 3, NULL)";

function connect(file) {
  const db = new Database(file, { timeout: 60_000 });
  db.loadExtension(extension);
  return db;
}

// Starts `command` with the worker's arguments; resolves when the worker listens for commits.
async function startWorker(t, command, file) {
  const child = spawn(command[0], [...command.slice(1), extension, file, 'mail'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'ready');
  return { exit, lines };
}

function openShop(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'honker-interop-'));
  const file = path.join(folder, 'shop.db');
  const db = connect(file);
  const observer = connect(file);
  t.after(() => {
    db.close();
    observer.close();
    fs.rmSync(folder, { recursive: true });
  });
  db.pragma('journal_mode = WAL');
  db.prepare('SELECT honker_bootstrap()').get();
  db.exec('CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL)');

  return {
    file,
    db,
    enqueue: db.prepare(enqueueSql).pluck(),
    insertOrder: db.prepare('INSERT INTO orders (item) VALUES (?)'),
    // As another connection sees them.
    orders: () => observer.prepare('SELECT item FROM orders ORDER BY id').pluck().all(),
    jobs: () => observer.prepare('SELECT payload FROM _honker_live ORDER BY id').pluck().all(),
    // What the worker has handled, once it has seen everything that is committed by now.
    async workerGot(worker) {
      observer.prepare(enqueueSql).get('stop');
      const { value } = await worker.lines.next();
      assert.deepEqual(await worker.exit, [0, null]);
      assert.deepEqual(this.jobs(), [], 'everything was acked');
      return JSON.parse(value);
    },
  };
}

const pythonWorker = ['/usr/bin/python3', '-B', path.join(__dirname, 'worker.py')];
const nodeWorker = [process.execPath, path.join(__dirname, 'worker.js')];

module.exports = { connect, nodeWorker, openShop, pythonWorker, startWorker };
