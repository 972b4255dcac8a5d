#include "harness/oracle/shop_story.h"

#include <algorithm>
#include <iterator>

namespace harness {

ShopStory::ShopStory(const Script& script, int64_t left_over) {
  for (uint8_t byte : script) Step(byte);
  Enqueue(OpType::kOk, /*rollback=*/true, false);  // no story without a ghost that stays away,
  Enqueue(OpType::kOk, false, true);               // nor without a job that is acked
  for (int64_t i = 0; i < left_over; ++i) Enqueue(OpType::kOk, false, true);
  // Leases lapse, and the rest is worked off.
  now_s_ += 10;
  while (static_cast<int64_t>(jobs_.size()) > left_over && Claim(workers_[0], true)) {
    for (auto it = jobs_.begin(); it != jobs_.end();) {
      const auto [id, job] = *it++;
      if (job.expires_s < now_s_ || static_cast<int64_t>(jobs_.size()) <= left_over) continue;
      shop.Ack(job.holder, id);
      acked.push_back(id);
      jobs_.erase(id);
    }
    now_s_ += 10;
  }
  for (const auto& [id, job] : jobs_) live.push_back(id);
  shop.JobsLeft(live);
}

void ShopStory::Step(uint8_t byte) {
  std::string& worker = workers_[byte / 16 % 3];
  const bool coin = byte & 0x40;
  switch (byte % 16) {
    case 0:
      return Enqueue(OpType::kOk, /*rollback=*/true, false);
    case 1:
      return Enqueue(OpType::kInfo, false, coin);
    case 2:
      return Enqueue(OpType::kFail, false, false);
    case 3:
      now_s_ += 1 + byte / 64;
      return;
    case 4:
      Claim(worker, /*known=*/false);
      return Kill(worker, coin);
    case 5:
      Ack(byte, OpType::kInfo, coin);
      return Kill(worker, byte & 0x80);
    case 6:
      return Ack(byte, OpType::kFail, false);
    case 7:
    case 8:
    case 9:
      return Ack(byte, OpType::kOk, true);
    case 10:
    case 11:
    case 12:
      Claim(worker, true);
      return;
    default:
      return Enqueue(OpType::kOk, false, true);
  }
}

void ShopStory::Enqueue(OpType how, bool rollback, bool takes_effect) {
  const int64_t id = next_id_++;
  shop.Enqueue(id, rollback, how);
  if (takes_effect) jobs_[id] = Job();
}

bool ShopStory::Claim(const std::string& worker, bool known) {
  std::vector<ShopBuilder::Handed> handed;
  for (auto& [id, job] : jobs_) {
    if (job.expires_s >= now_s_ || handed.size() == 2) continue;
    job = Job{.attempts = job.attempts + 1, .expires_s = now_s_ + 1, .holder = worker};
    handed.push_back({.id = id, .attempts = job.attempts, .at_s = now_s_});
  }
  if (known) {
    shop.Claim(worker, handed);
  } else {
    shop.ClaimInDoubt(worker);
  }
  return !handed.empty();
}

void ShopStory::Ack(uint8_t byte, OpType how, bool takes_effect) {
  if (jobs_.empty()) return;
  const auto it = std::next(jobs_.begin(), byte % static_cast<int64_t>(jobs_.size()));
  const auto [id, job] = *it;
  if (job.holder.empty()) return;
  const bool valid = job.expires_s >= now_s_;
  shop.Ack(job.holder, id, valid ? 1 : 0, how);
  if (!takes_effect || !valid) return;
  if (how == OpType::kOk) acked.push_back(id);
  jobs_.erase(it);
}

void ShopStory::Kill(std::string& worker, bool new_name) {
  shop.h.Kill(worker).Died(worker, true);
  if (new_name) worker = "worker:" + std::to_string(next_worker_++);
}

}  // namespace harness
