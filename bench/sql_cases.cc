#include "bench/sql_cases.h"

#include <cstdlib>
#include <cstring>
#include <memory>

namespace bench {
namespace {

constexpr char kPayload[] =
    R"({"order":4711,"customer":"c-1704","items":["tea","milk"],"total":12.5})";

// Shared with the closures that step it.
class Sql {
 public:
  Sql(sqlite3* db, const std::string& sql) : statement_(Prepare(db, sql)) {}

  const Sql& Bind(int index, const char* text) const {
    sqlite3_bind_text(statement_.get(), index, text, -1, SQLITE_STATIC);
    return *this;
  }
  const Sql& Bind(int index, int64_t value) const {
    sqlite3_bind_int64(statement_.get(), index, value);
    return *this;
  }
  // To the end; what each row holds is for `row`.
  template <typename Row>
  void ForEach(const Row& row) const {
    int code = SQLITE_OK;
    while ((code = sqlite3_step(statement_.get())) == SQLITE_ROW) row(statement_.get());
    if (code != SQLITE_DONE) {
      Fail(std::string(sqlite3_sql(statement_.get())) + ": " +
           sqlite3_errmsg(sqlite3_db_handle(statement_.get())));
    }
    sqlite3_reset(statement_.get());
  }
  void Run() const {
    ForEach([](sqlite3_stmt*) {});
  }

 private:
  std::shared_ptr<sqlite3_stmt> statement_;
};

// One statement for each job, in transactions of `batch`.
Work EachInBatches(sqlite3* db, int batch, const Sql& one) {
  if (batch == 1) {
    return [one](int jobs) {
      for (int i = 0; i < jobs; ++i) one.Run();
    };
  }
  const Sql begin(db, "BEGIN IMMEDIATE");
  const Sql commit(db, "COMMIT");
  return [begin, commit, one, batch](int jobs) {
    for (int done = 0; done < jobs; done += batch) {
      begin.Run();
      for (int i = 0; i < batch; ++i) one.Run();
      commit.Run();
    }
  };
}

constexpr char kNewestLive[] =
    "DELETE FROM _honker_live WHERE id IN (SELECT id FROM _honker_live ORDER BY id DESC LIMIT ?1)";

SqlCase Enqueue(sqlite3* db, int batch, int jobs) {
  return {.name = "enqueue",
          .batch = batch,
          .jobs = jobs,
          .feed = "",
          .clean = kNewestLive,
          .grows = true,
          .function = "honker_enqueue",
          .ours = Enqueuing(db, Way::kOurs, batch),
          .bare = Enqueuing(db, Way::kBare, batch)};
}

// The ids of an array of jobs, as JSON again.
void CollectIds(const char* jobs, std::string& ids) {
  ids = "[";
  for (const char* at = jobs; (at = std::strstr(at, "\"id\":")) != nullptr;) {
    at += 5;
    if (ids.size() > 1) ids += ',';
    while (*at >= '0' && *at <= '9') ids += *at++;
  }
  ids += ']';
}

std::function<int()> OursClaimAck(sqlite3* db, int batch) {
  const Sql claim(db, "SELECT honker_claim_batch('work', 'w', ?1, 60)");
  claim.Bind(1, batch);
  const Sql ack(db, batch == 1 ? "SELECT honker_ack(?1, 'w')" : "SELECT honker_ack_batch(?1, 'w')");
  return [claim, ack, batch, ids = std::string()]() mutable {
    claim.ForEach([&](sqlite3_stmt* row) {
      CollectIds(reinterpret_cast<const char*>(sqlite3_column_text(row, 0)), ids);
    });
    if (ids == "[]") return 0;
    if (batch == 1) {
      ack.Bind(1, std::strtoll(ids.c_str() + 1, nullptr, 10));
    } else {
      ack.Bind(1, ids.c_str());
    }
    int acked = 0;
    ack.ForEach([&](sqlite3_stmt* row) { acked = sqlite3_column_int(row, 0); });
    return acked;
  };
}

std::function<int()> BareClaimAck(sqlite3* db, int batch) {
  const Sql claim(db,
                  "UPDATE _honker_live SET state = 'processing', worker_id = 'w', "
                  "claim_expires_at = unixepoch() + 60, attempts = attempts + 1 WHERE id IN "
                  "(SELECT id FROM _honker_live INDEXED BY _honker_live_pending_order WHERE queue "
                  "= 'work' AND state = 'pending' "
                  "AND run_at <= unixepoch() ORDER BY priority DESC, run_at, id LIMIT ?1) "
                  "RETURNING id, payload, attempts");
  claim.Bind(1, batch);
  const Sql ack(db,
                "DELETE FROM _honker_live WHERE id = ?1 AND state = 'processing' "
                "AND worker_id = 'w' AND claim_expires_at >= unixepoch()");
  const Sql begin(db, "BEGIN IMMEDIATE");
  const Sql commit(db, "COMMIT");
  return [=, ids = std::vector<int64_t>()]() mutable {
    ids.clear();
    claim.ForEach([&](sqlite3_stmt* row) {
      ids.push_back(sqlite3_column_int64(row, 0));
      if (sqlite3_column_text(row, 1) == nullptr) Fail("a job without payload");
    });
    if (ids.size() > 1) begin.Run();
    for (const int64_t id : ids) ack.Bind(1, id).Run();
    if (ids.size() > 1) commit.Run();
    return static_cast<int>(ids.size());
  };
}

Work WholeBatches(const std::function<int()>& one, int batch) {
  return [one, batch](int jobs) {
    for (int done = 0; done < jobs; done += batch) {
      if (one() != batch) Fail("fewer jobs than asked for");
    }
  };
}

SqlCase ClaimAck(sqlite3* db, int batch, int jobs) {
  return {.name = "claim and ack",
          .batch = batch,
          .jobs = jobs,
          .feed = Populate("due", 0),
          .clean = "",
          .grows = batch == 1 || batch == 128,
          .function = batch == 1 ? "honker_ack" : "honker_ack_batch",
          .ours = WholeBatches(OursClaimAck(db, batch), batch),
          .bare = WholeBatches(BareClaimAck(db, batch), batch)};
}

SqlCase Notify(sqlite3* db, int batch, int jobs) {
  const Sql ours(db, "SELECT notify(?1, ?2)");
  const Sql bare(db, "INSERT INTO _honker_notifications (channel, payload) VALUES (?1, ?2)");
  for (const Sql& sql : {ours, bare}) sql.Bind(1, "orders").Bind(2, kPayload);
  return {.name = "notify",
          .batch = batch,
          .jobs = jobs,
          .feed = "",
          .clean = "DELETE FROM _honker_notifications WHERE id > 0 AND ?1",
          .grows = false,
          .function = "notify",
          .ours = EachInBatches(db, batch, ours),
          .bare = EachInBatches(db, batch, bare)};
}

SqlCase Publish(sqlite3* db, int batch, int jobs) {
  const Sql ours(db, "SELECT honker_stream_publish('news', NULL, ?1)");
  const Sql bare(db, "INSERT INTO _honker_stream (topic, key, payload) VALUES ('news', NULL, ?1)");
  for (const Sql& sql : {ours, bare}) sql.Bind(1, kPayload);
  return {.name = "stream publish",
          .batch = batch,
          .jobs = jobs,
          .feed = "",
          .clean =
              "DELETE FROM _honker_stream WHERE offset IN "
              "(SELECT offset FROM _honker_stream ORDER BY offset DESC LIMIT ?1)",
          .grows = false,
          .function = "honker_stream_publish",
          .ours = EachInBatches(db, batch, ours),
          .bare = EachInBatches(db, batch, bare)};
}

// From the beginning again at each call.
Work Replay(const Sql& read, int batch) {
  return [read, batch](int jobs) {
    int bytes = 0;
    for (int done = 0; done < jobs; done += batch) {
      read.Bind(1, done % 8000);
      read.ForEach([&](sqlite3_stmt* row) { bytes = sqlite3_column_bytes(row, 0); });
      if (bytes < batch * 64) Fail("fewer events than asked for");
    }
  };
}

SqlCase StreamReplay(sqlite3* db, int batch, int jobs) {
  const Sql ours(db, "SELECT honker_stream_read_since('old', ?1, ?2)");
  const Sql bare(db,
                 "SELECT json_group_array(json_object('offset', offset, 'topic', topic, 'key', "
                 "key, 'payload', payload, 'created_at', created_at)) FROM (SELECT * FROM "
                 "_honker_stream WHERE topic = 'old' AND offset > ?1 ORDER BY offset LIMIT ?2)");
  for (const Sql& sql : {ours, bare}) sql.Bind(2, batch);
  return {.name = "stream replay",
          .batch = batch,
          .jobs = jobs,
          .feed = "",
          .clean = "",
          .grows = false,
          .function = "honker_stream_read_since",
          .ours = Replay(ours, batch),
          .bare = Replay(bare, batch)};
}

bool Has(sqlite3* db, const std::string& function) {
  const Stmt found =
      Prepare(db, "SELECT 1 FROM pragma_function_list WHERE name = '" + function + "'");
  return StepInt(found.get()) != 0;
}

}  // namespace

Work Enqueuing(sqlite3* db, Way way, int batch) {
  const Sql one(db, way == Way::kOurs
                        ? "SELECT honker_enqueue(?1, ?2, NULL, NULL, 0, 3, NULL)"
                        : "INSERT INTO _honker_live (queue, payload) VALUES (?1, ?2)");
  one.Bind(1, "work").Bind(2, kPayload);
  return EachInBatches(db, batch, one);
}

std::function<int()> ClaimingAndAcking(sqlite3* db, Way way, int batch) {
  return way == Way::kOurs ? OursClaimAck(db, batch) : BareClaimAck(db, batch);
}

std::vector<SqlCase> SqlCases(sqlite3* db) {
  std::vector<SqlCase> cases;
  const auto add = [&](const char* function, auto make, auto... arguments) {
    if (Has(db, function)) {
      cases.push_back(make(db, arguments...));
    } else {
      SqlCase absent;
      absent.name = absent.function = function;
      cases.push_back(absent);
    }
  };
  add("honker_enqueue", Enqueue, 1, 2000);
  add("honker_enqueue", Enqueue, 100, 20'000);
  add("honker_ack", ClaimAck, 1, 1000);
  for (const int batch : {8, 32, 128}) add("honker_ack_batch", ClaimAck, batch, 64 * 128);
  add("notify", Notify, 1, 2000);
  add("notify", Notify, 100, 20'000);
  add("honker_stream_publish", Publish, 1, 2000);
  add("honker_stream_publish", Publish, 100, 20'000);
  add("honker_stream_read_since", StreamReplay, 100, 50'000);
  add("honker_stream_read_since", StreamReplay, 1000, 50'000);
  return cases;
}

std::string Populate(const std::string& kind, int rows) {
  const std::string payload = std::string("'") + kPayload + "'";
  const std::string count = rows == 0 ? "?1" : std::to_string(rows);
  const std::string numbers =
      " FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
      "WHERE i < " +
      count + ") SELECT i FROM n)";
  if (kind == "dead") {
    return "INSERT INTO _honker_dead (id, queue, payload, last_error) SELECT -i, 'work', " +
           payload + ", 'gone'" + numbers;
  }
  if (kind == "events") {
    return "INSERT INTO _honker_stream (topic, payload) SELECT 'old', " + payload + numbers;
  }
  const std::string live =
      "INSERT INTO _honker_live (queue, payload, priority, state, run_at, "
      "worker_id, claim_expires_at, attempts) SELECT 'work', " +
      payload;
  if (kind == "due") return live + ", 0, 'pending', unixepoch(), NULL, NULL, 0" + numbers;
  // Of the same priority and of ten others.
  if (kind == "delayed") {
    return live + ", i % 2 * (i / 2 % 10), 'pending', unixepoch() + 1000000, NULL, NULL, 0" +
           numbers;
  }
  if (kind == "in_flight") {
    return live + ", 0, 'processing', unixepoch(), 'other', unixepoch() + 1000000, 1" + numbers;
  }
  Fail("no such kind of row: " + kind);
}

}  // namespace bench
