'use strict';
// WAL-BOUNDED through better-sqlite3, whose .get() steps a statement once and resets it.
//
// In autocommit the WAL must stay about as small as SQLite's auto-checkpoint promises (1,000 pages by default: it is
// started over when a writer finds everything checkpointed). The same calls with the auto-checkpoint off, and with
// another read open on the same connection, where SQLite never checkpoints, show that the measure can tell.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const test = require('node:test');

const { openShop } = require('./shop.js');

const CALLS = 20_000;
const CALLS_TO_GROW = 3_000;  // enough for ten times what is promised, and no more disk than that
const PAYLOAD = 'p'.repeat(100);

// What the auto-checkpoint allows: its pages, each with the header of its frame, and the one of the file.
function promisedBytes(db) {
  const pages = db.pragma('wal_autocheckpoint', { simple: true });
  return 32 + pages * (24 + db.pragma('page_size', { simple: true }));
}

function walBytes(shop) {
  return fs.statSync(`${shop.file}-wal`).size;
}

// The largest size of the WAL during that many calls.
function largestWal(shop, calls) {
  let largest = 0;
  for (let i = 0; i < calls; ++i) {
    shop.enqueue.get(PAYLOAD);
    if (i % 100 === 0) largest = Math.max(largest, walBytes(shop));
  }
  assert.equal(shop.jobs().length, calls);
  return Math.max(largest, walBytes(shop));
}

test('20,000 enqueues in autocommit leave the WAL as small as SQLite promises', (t) => {
  const shop = openShop(t);
  const promised = promisedBytes(shop.db);
  const largest = largestWal(shop, CALLS);
  t.diagnostic(`largest WAL ${largest} bytes, auto-checkpoint ${promised} bytes`);
  assert.ok(largest > promised / 2, 'the auto-checkpoint was reached at all');
  assert.ok(largest < 1.5 * promised, `${largest} bytes, of ${promised} promised`);
});

test('without the auto-checkpoint the same calls make it large', (t) => {
  const shop = openShop(t);
  const promised = promisedBytes(shop.db);
  shop.db.pragma('wal_autocheckpoint = 0');
  const largest = largestWal(shop, CALLS_TO_GROW);
  t.diagnostic(`largest WAL ${largest} bytes`);
  assert.ok(largest > 10 * promised);
});

test('another read that is open on the connection keeps SQLite from checkpointing', (t) => {
  const shop = openShop(t);
  const promised = promisedBytes(shop.db);
  for (const item of ['tea', 'coffee']) shop.insertOrder.run(item);
  const rows = shop.db.prepare('SELECT item FROM orders').iterate();
  rows.next();
  const largest = largestWal(shop, CALLS_TO_GROW);
  t.diagnostic(`largest WAL ${largest} bytes with a reader open`);
  assert.ok(largest > 10 * promised);
  rows.return();
  shop.enqueue.get('after');
  shop.enqueue.get('after');
  assert.equal(shop.db.pragma('wal_checkpoint(TRUNCATE)')[0].busy, 0);
  assert.equal(walBytes(shop), 0);
});
