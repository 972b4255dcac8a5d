'use strict';
// Every number of JavaScript reaches SQLite as REAL: it works in every integer argument of every function, where it is
// whole, and is refused with the argument's name where it is not.

const assert = require('node:assert/strict');
const test = require('node:test');

const { calls, textOnly, watchers } = require('./calls.js');
const { openShop } = require('./shop.js');

function call(db, name, args) {
  return db.prepare(`SELECT ${name}(${args.map(() => '?').join()})`).pluck().get(...args);
}

// With a half added to one number after the other, `name` refuses each by its position.
function refusesFractions(db, name, args) {
  args.forEach((value, index) => {
    if (typeof value !== 'number') return;
    const broken = Object.assign([...args], { [index]: value + 0.5 });
    assert.throws(() => call(db, name, broken), {
      name: 'SqliteError',
      message: new RegExp(`^${name}: argument ${index + 1} \\(\\w+\\) .*REAL ${value}\\.5`),
    });
  });
}

function registered(db) {
  const sql = "SELECT DISTINCT name FROM pragma_function_list WHERE name = 'notify' OR name LIKE 'honker\\_%' ESCAPE '\\'";
  return db.prepare(sql).pluck().all().sort();
}

test('numbers are bound as REAL', (t) => {
  assert.equal(openShop(t).db.prepare('SELECT typeof(?)').pluck().get(7), 'real');
});

test('every function is known here, and there are no others', (t) => {
  const known = [...Object.keys(calls), ...textOnly, ...watchers];
  assert.deepEqual(registered(openShop(t).db), known.sort());
});

for (const [name, { before, args, gives }] of Object.entries(calls)) {
  test(`${name} takes whole REALs and refuses others`, (t) => {
    const { db } = openShop(t);
    if (before) db.exec(before);
    refusesFractions(db, name, args);
    const answer = call(db, name, args);
    if (typeof gives === 'function') assert.ok(gives(answer), answer);
    else assert.equal(answer, gives);
  });
}

test('the watchers take whole REALs and refuse others', (t) => {
  const { db, file } = openShop(t);
  const opening = [file, 'polling', 1];
  refusesFractions(db, 'honker_update_watcher_open', opening);
  const handle = call(db, 'honker_update_watcher_open', opening);
  refusesFractions(db, 'honker_update_watcher_wait', [handle, 0]);
  refusesFractions(db, 'honker_update_watcher_close', [handle]);
  assert.equal(call(db, 'honker_update_watcher_wait', [handle, 0]), 0);
  assert.equal(call(db, 'honker_update_watcher_close', [handle]), 1);
  assert.equal(call(db, 'honker_update_watcher_wait', [handle, 0]), -1);
});
