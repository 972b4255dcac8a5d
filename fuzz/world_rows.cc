// The rows that a call may meet. Names are those of sql_value.cc, moments lie around kNow
// (core/testing/fixed_clock.h). The queue "bad" holds what another program may have written:
// columns have an affinity in SQLite, not a type.
#include "fuzz/world.h"

namespace honker::fuzz {

const char kLivedRows[] = R"sql(
  INSERT INTO _honker_notifications (id, channel, payload) VALUES
    (1, 'a', 'one'), (2, 'a', CAST(x'6100620a22' AS TEXT)), (3, 'b', '');

  INSERT INTO _honker_live (id, queue, payload, state, priority, run_at, worker_id,
                            claim_expires_at, attempts, max_attempts, created_at, expires_at)
  VALUES
    -- waiting, due, later, at another priority, with text that JSON must escape
    (1, 'a', 'due', 'pending', 0, 1799999990, NULL, NULL, 0, 3, 1799999990, NULL),
    (2, 'a', CAST(x'2261005c01c3a9f09f9a80' AS TEXT), 'pending', 5, 1800000000, NULL, NULL, 1, 3, 1, NULL),
    (3, 'a', 'later', 'pending', 0, 1800000060, NULL, NULL, 0, 3, 1, 1800000070),
    -- under a claim: valid, ending now, over, over and without attempts left
    (4, 'b', 'held', 'processing', 0, 1799999000, 'w1', 1800000030, 1, 3, 1, NULL),
    (5, 'b', 'last second', 'processing', 0, 1799999000, 'w1', 1800000000, 3, 3, 1, NULL),
    (6, 'b', 'lapsed', 'processing', 9, 1799999000, 'w2', 1799999999, 1, 3, 1, NULL),
    (7, 'exhausted', 'lapsed', 'processing', 0, 1799999000, 'w2', 1799999999, 3, 3, 1, NULL),
    (8, 'exhausted', 'due', 'pending', -1, 1799999000, NULL, NULL, 3, 3, 1, NULL),
    -- expired, waiting or claimed
    (9, 'expired', 'due', 'pending', 0, 1799999000, NULL, NULL, 0, 3, 1, 1800000000),
    (10, 'expired', 'held', 'processing', 0, 1799999000, 'w1', 1800000005, 1, 3, 1, 1799999999),
    (11, 'expired', 'lapsed', 'processing', 0, 1799999000, 'w1', 1799999998, 1, 3, 1, 1799999999),
    -- at the ends of what fits
    (12, 'big', 'p', 'pending', 9223372036854775807, -9223372036854775808, NULL, NULL,
     0, 9223372036854775807, 1, 9223372036854775807),
    (13, 'big', 'q', 'pending', -9223372036854775808, 0, NULL, NULL,
     9223372036854775806, 9223372036854775807, 1, NULL),
    (14, 'big', 'r', 'processing', 0, 0, 'w1', 9223372036854775807, 1, 3, 1, NULL),
    -- by a careless hand
    (20, 'bad', x'00ff', 'pending', 0, 1799999000, NULL, NULL, 0, 3, 1, NULL),
    (21, 'bad', CAST(x'c328' AS TEXT), 'pending', 0, 1799999000, NULL, NULL, 0, 3, 1, NULL),
    (22, 'bad', 'half', 'pending', 0.5, 1799999000.5, NULL, NULL, 0, 3, 1, 1800000000.5),
    (23, 'bad', 'words', 'pending', 'high', 'soon', NULL, NULL, 'none', 'three', 'then', 'later'),
    (24, 'bad', 'state', 'elsewhere', 0, 1799999000, NULL, NULL, 0, 3, 1, NULL),
    (25, 'bad', 'no end', 'processing', 0, 1799999000, 'w1', NULL, 1, 3, 1, NULL),
    (26, 'bad', 'no worker', 'processing', 0, 1799999000, NULL, 1800000030, 1, 3, 1, NULL),
    (27, x'626164', 'blob queue', 'pending', 0, 1799999000, NULL, NULL, 0, 3, 1, NULL),
    (28, '', '', 'pending', 0, 1799999000, NULL, NULL, 0, 3, 1, NULL);

  -- 1 was put back into the queue and is here as well
  INSERT INTO _honker_dead (id, queue, payload, last_error) VALUES
    (1, 'a', 'due', 'before'), (8, 'exhausted', 'due', NULL), (90, 'a', 'dead', 'x');

  INSERT INTO _honker_locks VALUES
    ('a', 'w1', 1800000030), ('b', 'w1', 1800000000), ('name', 'w2', 9223372036854775807),
    ('bad', x'00', 'never');

  INSERT INTO _honker_rate_limits (name, window_start, count) VALUES
    ('a', 1800000000, 1), ('a', 1799999940, 60), ('b', 0, 5), ('bad', 'then', 'many'),
    ('big', 1800000000, 9223372036854775807);

  INSERT INTO _honker_scheduler_tasks
    (name, queue, cron_expr, payload, priority, expires_s, next_fire_at, enabled, max_attempts) VALUES
    ('a', 'a', '* * * * *', 'tick', 0, NULL, 1799999880, 1, 3),
    ('b', 'b', '@every 1s', CAST(x'6100' AS TEXT), 1, 60, 1799990000, 1, 3),
    ('name', 'a', '0 0 1 1 *', '', 0, NULL, 1830000000, 1, 1),
    ('w1', 'a', '@every 5m', 'paused', 0, 5, 1799999000, 0, 3),
    ('bad', 'bad', 'never', 'p', 0, NULL, 1799999000, 1, 3),
    ('big', 'big', '@every 1d', x'ff', 'high', 'x', 1799999000.5, 1, 'x');

  INSERT INTO _honker_results VALUES
    (1, 'value', 1799999000, NULL), (2, CAST(x'6100' AS TEXT), 1, 1800000001),
    (3, 'gone', 1, 1800000000), (4, NULL, 1, NULL), (5, x'ff', 1, 'x');

  INSERT INTO _honker_stream (offset, topic, key, payload) VALUES
    (1, 'a', NULL, 'one'), (2, 'a', 'k', CAST(x'22005c' AS TEXT)), (3, 'b', '', ''),
    (4, 'bad', x'ff', x'00ff'), (5, 'bad', CAST(x'ff' AS TEXT), CAST(x'c328' AS TEXT));
  INSERT INTO _honker_stream_consumers VALUES
    ('a', 'a', 1), ('b', 'a', 9223372036854775807), ('bad', 'bad', 'x');
)sql";

}  // namespace honker::fuzz
