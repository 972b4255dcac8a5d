// An older copy is restored into the live file, by SQLite's backup API and by another connection,
// while listeners and stream consumers wait: each is told, by the wake and not by an idle poll.
#include <memory>

#include "core/api/testing.h"

namespace honker {
namespace {

using namespace std::chrono_literals;
using testing::ApiTest;
using testing::kLimit;
using testing::kNoIdlePoll;
using testing::Looks;
using testing::Must;

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using Connection = std::unique_ptr<sqlite3, CloseDatabase>;

Connection OpenPlain(const std::string& path) {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  sqlite3_busy_timeout(db, 60'000);
  return Connection(db);
}

// All of `from` into `to`, in one transaction.
void CopyDatabase(const std::string& from, const std::string& to) {
  const Connection source = OpenPlain(from);
  const Connection target = OpenPlain(to);
  sqlite3_backup* backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
  ASSERT_NE(backup, nullptr);
  EXPECT_EQ(sqlite3_backup_step(backup, -1), SQLITE_DONE);
  EXPECT_EQ(sqlite3_backup_finish(backup), SQLITE_OK);
}

class RestoreTest : public ApiTest {
 protected:
  void BackUp() { CopyDatabase(db().path(), copy_); }

  // What `next` ends with that waits when the copy is restored.
  template <typename Next>
  Error ToldBy(const std::string& look, Next next) {
    Looks looks(db(), look);
    std::jthread restorer([&] {
      looks.Await();
      CopyDatabase(copy_, db().path());
    });
    auto told = next();
    EXPECT_FALSE(told.ok());
    return told.ok() ? Error{} : told.error();
  }

  const std::string copy_ = scratch_.Path("copy.db");
};

TEST_F(RestoreTest, AListenerIsTold) {
  Must(Notify(db(), "c", "in both"));
  BackUp();
  Listener listener = Must(Listener::Open(db(), "c", {.idle_poll = kNoIdlePoll}));
  for (const char* payload : {"a", "b"}) {
    Must(Notify(db(), "c", payload));
    EXPECT_EQ(Must(listener.Next(kLimit)).payload, payload);
  }
  const Error told = ToldBy("_honker_notifications AS n", [&] { return listener.Next(kLimit); });
  EXPECT_EQ(told.code, kRewound) << told.message;
  EXPECT_EQ(told.message,
            "the newest notification is 1, this listener has seen 3: an older copy of the database "
            "was restored");
  Must(Notify(db(), "c", "after"));
  EXPECT_EQ(Must(listener.Next(kLimit)).payload, "after");
}

TEST_F(RestoreTest, AStreamConsumerIsTold) {
  Stream stream(db(), "orders");
  Must(stream.Publish("in both"));
  BackUp();
  Subscription subscription = Must(stream.Subscribe("mailer", {.idle_poll = kNoIdlePoll}));
  for (const char* payload : {"a", "b"}) Must(stream.Publish(payload));
  for (const char* payload : {"in both", "a", "b"})
    EXPECT_EQ(Must(subscription.Next(kLimit)).payload, payload);
  ASSERT_TRUE(subscription.Save().ok());
  const Error told = ToldBy("_honker_stream", [&] { return subscription.Next(kLimit); });
  EXPECT_EQ(told.code, kRewound) << told.message;
  // What was saved is of the older copy, too: it goes on from there.
  EXPECT_EQ(Must(subscription.Next(kLimit)).payload, "in both");
  Must(stream.Publish("after"));
  EXPECT_EQ(Must(subscription.Next(kLimit)).payload, "after");
}

// An offset that a consumer keeps elsewhere, or saved by hand, and that lies beyond the newest row.
TEST_F(RestoreTest, AConsumerThatComesBackWithAnOffsetBeyondIsTold) {
  Stream stream(db(), "orders");
  Must(stream.Publish("a"));
  ASSERT_TRUE(Must(stream.SaveOffset("mailer", 100)));
  Subscription subscription = Must(stream.Subscribe("mailer"));
  EXPECT_EQ(subscription.Next(0ms).error().code, kRewound);
  Must(stream.Publish("after"));
  EXPECT_EQ(Must(subscription.Next(kLimit)).payload, "after");
}

}  // namespace
}  // namespace honker
