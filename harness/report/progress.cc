#include "harness/report/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace harness {
namespace {

constexpr size_t kBarWidth = 24;
constexpr size_t kLineWidth = 110;

}  // namespace

Progress::Progress(size_t total) : Progress(total, isatty(STDERR_FILENO) == 1) {}

void Progress::Began(const Cell& cell) {
  const std::lock_guard lock(mutex_);
  running_.insert(cell.Place());
  if (terminal_) Draw();
}

void Progress::Ended(const CellResult& result) {
  const std::lock_guard lock(mutex_);
  ++done_;
  const auto place = running_.find(result.cell.Place());
  if (place != running_.end()) running_.erase(place);
  if (!result.as_expected) ++unexpected_;
  const std::string line = fmt::format(
      "[{:>{}}/{}] {:<7}{} {} ({:.1f} s){}", done_, std::to_string(total_).size(), total_,
      ToString(result.verdict), result.as_expected ? " " : "!", result.cell.Place(), result.seconds,
      result.as_expected ? "" : "\n    " + result.reason);
  if (!terminal_) {
    std::fputs((line + "\n").c_str(), stderr);
  } else {
    if (!result.as_expected) std::fputs(("\r\033[K" + line + "\n").c_str(), stderr);
    Draw();
  }
}

void Progress::Finish() {
  const std::lock_guard lock(mutex_);
  if (terminal_) std::fputs("\r\033[K", stderr);
}

void Progress::Draw() {
  const size_t filled = total_ == 0 ? 0 : kBarWidth * done_ / total_;
  const double elapsed =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  std::string left = "";
  if (done_ > 0)
    left = fmt::format(" {:.0f} s left",
                       elapsed / static_cast<double>(done_) * static_cast<double>(total_ - done_));
  std::string line = fmt::format(
      "[{}{}] {}/{}{}{}", std::string(filled, '#'), std::string(kBarWidth - filled, '.'), done_,
      total_, unexpected_ ? fmt::format(", {} unexpected", unexpected_) : "", left);
  if (!running_.empty()) line += " " + *running_.begin();
  std::fputs(("\r\033[K" + line.substr(0, kLineWidth)).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace harness
