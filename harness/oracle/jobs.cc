#include "harness/oracle/jobs.h"

namespace harness {
namespace {

// Keys compare as what they are: text, or the printed form of anything else.
std::string KeyOf(const Value& key) { return key.is_text() ? key.Text() : key.Print(); }

std::vector<int64_t> Ids(const Value& list) {
  std::vector<int64_t> ids;
  for (const Value& id : list.items()) ids.push_back(id.Int());
  return ids;
}

}  // namespace

std::string ClaimedJob::Text() const {
  return worker + " claims job " + std::to_string(id) + " (" + key + ") at second " +
         std::to_string(at_s) + ", to hold up to " + std::to_string(expires_s) + ", attempt " +
         std::to_string(attempts);
}

std::vector<Enqueue> Enqueues(const History& history) {
  std::vector<Enqueue> enqueues;
  for (const Call& call : history.Calls("enqueue")) {
    const Value& asked = call.invoke->value;
    enqueues.push_back({.call = call,
                        .queue = asked["queue"].Text(),
                        .key = KeyOf(asked["key"]),
                        .rolled_back = asked["rollback"].Bool(),
                        .id = call.ok() ? call.end->value["id"].Int() : 0});
  }
  return enqueues;
}

std::vector<ClaimedJob> ClaimedJobs(const History& history) {
  std::vector<ClaimedJob> claims;
  for (const Call& call : history.Calls("claim")) {
    if (!call.ok()) continue;
    const int64_t lease_s = call.invoke->value["lease_s"].Int(1);
    for (const Value& job : call.end->value["jobs"].items()) {
      const int64_t expires_s = job["claim_expires_at"].Int();
      claims.push_back({.call = call,
                        .id = job["id"].Int(),
                        .key = KeyOf(job["key"]),
                        .worker = call.invoke->value["worker"].Text(),
                        .attempts = job["attempts"].Int(),
                        .at_s = expires_s - lease_s,
                        .expires_s = expires_s});
    }
  }
  return claims;
}

std::vector<Ack> Acks(const History& history) {
  std::vector<Ack> acks;
  for (const Call& call : history.Calls("ack")) {
    acks.push_back({.call = call,
                    .id = call.invoke->value["id"].Int(),
                    .worker = call.invoke->value["worker"].Text(),
                    .done = call.ok() && call.end->value["done"].Int() == 1});
  }
  return acks;
}

std::vector<Left> JobsLeft(const History& history) {
  std::vector<Left> left;
  for (const Call& call : history.Calls("jobs_left")) {
    if (!call.ok()) continue;
    left.push_back({.call = call,
                    .queue = call.invoke->value["queue"].Text(),
                    .live = Ids(call.end->value["live"]),
                    .dead = Ids(call.end->value["dead"])});
  }
  return left;
}

}  // namespace harness
