'use strict';
// One call for every SQL function that takes a number: every number in `args` is bound by better-sqlite3 as REAL.
//
//   args    the arguments; each JavaScript number stands at an integer argument of the function
//   before  SQL that is run first on the bootstrapped database
//   gives   what the call must return, or a function that says whether its answer is right
//
// A function whose arguments are all text is in `textOnly`, and the watchers, which need a handle, in `watchers`. A test
// compares the three with what the extension registers, so that none is forgotten.

const job = "SELECT honker_enqueue('q', 'p', NULL, NULL, 0, 3, NULL);";
const claim = `${job} SELECT honker_claim_batch('q', 'w', 1, 60);`;
const lock = "SELECT honker_lock_acquire('l', 'o', 60);";
const result = "SELECT honker_result_save(1, 'v', 60);";
const schedule = "SELECT honker_scheduler_register('n', 'q', '@every 60s', 'p', 0, NULL);";
const event = "SELECT honker_stream_publish('t', NULL, 'p');";
const oneRow = (json) => JSON.parse(json).length === 1;

const calls = {
  honker_enqueue: { args: ['q', 'p', 1_000, 2, 5, 3, 60], gives: 1 },
  honker_claim_batch: { before: job, args: ['q', 'w', 1, 60], gives: oneRow },
  honker_ack: { before: claim, args: [1, 'w'], gives: 1 },
  honker_retry: { before: claim, args: [1, 'w', 5, 'e'], gives: 1 },
  honker_fail: { before: claim, args: [1, 'w', 'e'], gives: 1 },
  honker_heartbeat: { before: claim, args: [1, 'w', 120], gives: 1 },
  honker_cancel: { before: job, args: [1], gives: 1 },
  honker_get_job: { before: job, args: [1], gives: (json) => JSON.parse(json).id === 1 },
  honker_lock_acquire: { args: ['l', 'o', 60], gives: 1 },
  honker_lock_renew: { before: lock, args: ['l', 'o', 60], gives: 1 },
  honker_rate_limit_try: { args: ['r', 1, 60], gives: 1 },
  honker_rate_limit_sweep: { args: [3600], gives: 0 },
  honker_scheduler_register: { args: ['n', 'q', '@every 60s', 'p', 2, 60, 5], gives: 1 },
  honker_scheduler_update: { before: schedule, args: ['n', null, null, 2, 60, 1, 5, 1], gives: 1 },
  honker_scheduler_tick: { before: schedule, args: [1], gives: '[]' },
  honker_cron_next_after: { args: ['@every 60s', 40], gives: 100 },
  honker_result_save: { args: [1, 'v', 60], gives: 1 },
  honker_result_get: { before: result, args: [1], gives: 'v' },
  honker_stream_read_since: { before: event, args: ['t', 0, 10], gives: oneRow },
  honker_stream_save_offset: { args: ['c', 't', 7], gives: 1 },
};

const textOnly = [
  'notify', 'honker_bootstrap', 'honker_ack_batch', 'honker_queue_next_claim_at', 'honker_sweep_expired',
  'honker_lock_release', 'honker_scheduler_unregister', 'honker_scheduler_pause', 'honker_scheduler_resume',
  'honker_scheduler_soonest', 'honker_scheduler_list', 'honker_result_sweep', 'honker_stream_publish',
  'honker_stream_get_offset',
];

const watchers = ['honker_update_watcher_open', 'honker_update_watcher_wait', 'honker_update_watcher_close'];

module.exports = { calls, textOnly, watchers };
