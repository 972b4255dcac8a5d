'use strict';
// better-sqlite3: jobs in the application's transaction, and what its default mode makes of them.
//
// docs/interop.md says what these cases show.

const assert = require('node:assert/strict');
const test = require('node:test');

const { nodeWorker, openShop, pythonWorker, startWorker } = require('./shop.js');

for (const [language, command] of [['Node', nodeWorker], ['Python', pythonWorker]]) {
  test(`a worker in ${language} gets exactly what was committed`, async (t) => {
    const shop = openShop(t);
    const worker = await startWorker(t, command, shop.file);
    const place = shop.db.transaction((item, number) => {
      shop.enqueue.get(item);
      shop.insertOrder.run(item);
      if (number % 3 === 0) throw new RangeError(item);
    });
    const committed = [];
    for (let number = 0; number < 20; ++number) {
      const item = `order ${number}`;
      if (number % 3 === 0) {
        assert.throws(() => place.immediate(item, number), RangeError);
      } else {
        place.immediate(item, number);
        committed.push(item);
      }
    }
    assert.deepEqual(await shop.workerGot(worker), committed);
    assert.deepEqual(shop.orders(), committed);
  });
}

test('BEGIN and ROLLBACK by hand work as well', (t) => {
  const shop = openShop(t);
  for (const [item, end] of [['tea', 'COMMIT'], ['coffee', 'ROLLBACK']]) {
    shop.db.exec('BEGIN IMMEDIATE');
    shop.enqueue.get(item);
    shop.insertOrder.run(item);
    assert.deepEqual(shop.jobs(), item === 'tea' ? [] : ['tea'], 'hidden until the commit');
    shop.db.exec(end);
  }
  assert.deepEqual(shop.jobs(), ['tea']);
  assert.deepEqual(shop.orders(), ['tea']);
});

test('a transaction inside a transaction takes its jobs with it', (t) => {
  const shop = openShop(t);
  const undone = shop.db.transaction(() => {
    shop.enqueue.get('undone');
    throw new RangeError('undone');
  });
  shop.db.transaction(() => {
    shop.enqueue.get('kept');
    assert.throws(undone, RangeError);
  }).immediate();
  assert.deepEqual(shop.jobs(), ['kept']);
});

test('by default each call is a transaction of its own', async (t) => {
  const shop = openShop(t);
  const worker = await startWorker(t, nodeWorker, shop.file);
  assert.throws(() => {
    shop.enqueue.get('ghost');
    assert.equal(shop.db.inTransaction, false);
    throw new RangeError('the order is never placed');
  }, RangeError);
  assert.deepEqual(shop.orders(), []);
  assert.deepEqual(await shop.workerGot(worker), ['ghost']);
});

test('a trigger enqueues in the transaction of its statement', (t) => {
  const shop = openShop(t);
  shop.db.exec(`CREATE TRIGGER placed AFTER INSERT ON orders BEGIN
                SELECT honker_enqueue('mail', new.item, NULL, NULL, 0, 3, NULL); END`);
  shop.insertOrder.run('tea');
  shop.db.exec('BEGIN');
  shop.insertOrder.run('coffee');
  shop.db.exec('ROLLBACK');
  assert.deepEqual(shop.jobs(), ['tea']);
  assert.deepEqual(shop.orders(), ['tea']);
});

test('an error of a function is an SqliteError that names the argument', (t) => {
  const shop = openShop(t);
  const ack = shop.db.prepare('SELECT honker_ack(?, ?)');
  assert.throws(() => ack.get('one', 'worker'), { name: 'SqliteError', message: /honker_ack: argument 1 \(id\)/ });
});

test('big integers are INTEGER both ways', (t) => {
  const shop = openShop(t);
  const big = 9223372036854775806n;
  const sql = "SELECT honker_enqueue('mail', 'tea', NULL, NULL, ?, 3, NULL)";
  shop.db.prepare(sql).get(big);
  assert.equal(shop.db.prepare('SELECT priority FROM _honker_live').safeIntegers().pluck().get(), big);
});
