// A web shop takes an order: the row, the job that packs it, and the mail that confirms it are
// written in one transaction. Either all three exist or none does, whatever dies when.
//
//   shop_order [shop.db]
//
// Two orders are placed, one of which cannot be paid and is taken back. A worker packs, an outbox
// delivers the mail. The program prints what came of it and ends with 0 when it is what it should
// be (on a fresh file).
#include <honker/honker.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

// Any error ends the example; a shop would show the customer a page.
template <typename T>
T OrExit(honker::Result<T> result) {
  if (result.ok()) return std::move(result).value();
  std::fprintf(stderr, "shop_order: %s\n", result.error().message.c_str());
  std::exit(1);
}

// The whole order, or nothing of it.
honker::Result<int64_t> PlaceOrder(honker::Database& db, const std::string& customer, bool pays) {
  honker::Queue packing(db, "packing");
  honker::Outbox mails(db, "mails");

  honker::Result<honker::Transaction> transaction = db.Begin();
  if (!transaction.ok()) return transaction.error();

  const honker::Result<std::vector<honker::Row>> order =
      db.Query("INSERT INTO orders(customer, state) VALUES (?1, 'paid') RETURNING id", {customer});
  if (!order.ok()) return order.error();
  const int64_t id = std::get<int64_t>(order.value()[0][0]);

  const honker::Result<int64_t> job = packing.Enqueue(std::to_string(id));
  if (!job.ok()) return job.error();
  const honker::Result<int64_t> mail =
      mails.Enqueue("Dear " + customer + ", thank you for order " + std::to_string(id));
  if (!mail.ok()) return mail.error();

  // Leaving the scope without Commit() takes everything back, the job and the mail as well.
  if (!pays) return honker::Error{1, customer + " has no money"};
  honker::Status committed = transaction.value().Commit();
  if (!committed.ok()) return committed.error();
  return id;
}

honker::Outcome Pack(const honker::JobContext& context) {
  const honker::Status packed = context.db.Execute(
      "UPDATE orders SET state = 'packed' WHERE id = ?1", {context.job.payload()});
  return packed.ok() ? honker::Outcome::Done() : honker::Outcome::Retry(packed.error().message);
}

}  // namespace

int main(int argc, char** argv) {
  honker::Database db = OrExit(honker::Database::Open(argc > 1 ? argv[1] : "shop.db"));
  OrExit(db.Execute("CREATE TABLE IF NOT EXISTS orders(id INTEGER PRIMARY KEY, customer, state)"));

  // Usually in other processes: who packs, and who talks to the mail server.
  honker::Worker packer = OrExit(honker::Worker::Start(db, "packing", Pack));
  std::mutex mutex;
  std::vector<std::string> sent;
  honker::Worker mailer =
      OrExit(honker::Outbox(db, "mails").Deliver([&](const honker::JobContext& context) {
        // The first try fails, as it does with mail servers: the outbox comes back to it.
        if (context.job.attempts() == 1) return honker::Outcome::Retry("server is busy", 0s);
        const std::lock_guard<std::mutex> lock(mutex);
        sent.push_back(context.job.payload());
        return honker::Outcome::Done();
      }));

  const honker::Result<int64_t> refused = PlaceOrder(db, "Ben", false);
  std::printf("Ben: %s\n", refused.ok() ? "ordered" : refused.error().message.c_str());
  const int64_t id = OrExit(PlaceOrder(db, "Ada", true));
  std::printf("Ada: order %lld\n", static_cast<long long>(id));

  // Until both queues have run empty; each commit of a worker is an update event.
  honker::UpdateEvents events = OrExit(db.WatchUpdates());
  while (std::get<int64_t>(OrExit(db.Query("SELECT count(*) FROM _honker_live"))[0][0]) > 0) {
    if (OrExit(events.Wait(60s)) == honker::Wake::kTimeout) return 1;
  }
  const bool ended = packer.Stop(10s) && mailer.Stop(10s);

  const std::vector<honker::Row> orders = OrExit(db.Query("SELECT customer, state FROM orders"));
  for (const honker::Row& order : orders) {
    std::printf("%s: %s\n", std::get<std::string>(order[0]).c_str(),
                std::get<std::string>(order[1]).c_str());
  }
  for (const std::string& mail : sent) std::printf("mail: %s\n", mail.c_str());
  const std::vector<honker::Row> expected{{"Ada", "packed"}};
  const std::vector<std::string> mail{"Dear Ada, thank you for order " + std::to_string(id)};
  return ended && orders == expected && sent == mail ? 0 : 1;
}
