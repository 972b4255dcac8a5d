#include "harness/oracle/wake_seen.h"

#include <algorithm>

#include "harness/oracle/seen.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

// Leaves the commits of the writers that the card names.
void KeepWriters(const Value& writers, std::vector<Commit>& commits) {
  if (!writers.is_array()) return;
  std::erase_if(commits, [&](const Commit& commit) {
    return std::ranges::none_of(writers.items(), [&](const Value& w) {
      return (w.is_text() ? w.Text() : std::to_string(w.Int())) == commit.writer;
    });
  });
}

Value FiguresOf(const std::vector<Subscriber>& subscribers, SeenReport& report) {
  int64_t wakes = 0;
  int64_t spurious = 0;
  int64_t errors = 0;
  for (const Subscriber& sub : subscribers) {
    wakes += static_cast<int64_t>(sub.wakes.size());
    errors += std::ranges::count(sub.wakes, false, &Wake::read);
    spurious += std::ranges::count_if(sub.wakes, [](const Wake& w) { return w.read && !w.news; });
  }
  Value figures = Value::MakeObject({{"commits", report.commits},
                                     {"judged", report.judged},
                                     {"seen", report.seen},
                                     {"lost", report.lost},
                                     {"lost_commits", report.lost_commits},
                                     {"longest_loss", report.longest_loss},
                                     {"never_seen", report.never_seen},
                                     {"undecided", report.undecided},
                                     {"left", report.left},
                                     {"subscribers", subscribers.size()},
                                     {"wakes", wakes},
                                     {"spurious", spurious},
                                     {"reread_errors", errors}});
  AddPercentiles(figures, "latency", std::move(report.latencies_ns));
  return figures;
}

}  // namespace

Verdict CheckWakeSeen(const History& history, const Expectation& expectation) {
  const std::vector<Subscriber> subscribers = Subscribers(history);
  std::vector<Commit> commits = Commits(history);
  KeepWriters(expectation.params["writers"], commits);
  std::vector<const Subscriber*> all;
  for (const Subscriber& sub : subscribers) all.push_back(&sub);
  SeenReport report = JudgeSeen(all, commits, Activity(history));
  Value figures = FiguresOf(subscribers, report);

  if (report.first_loss) {
    return Fail(Count(report.lost_commits, "commit") + " of " +
                    std::to_string(report.commits_judged) +
                    " lost: no wake was on its way, and no re-read had seen the mark",
                ProofOf(*report.first_loss), std::move(figures));
  }
  if (subscribers.empty()) return Unknown("no watcher was opened", std::move(figures));
  if (report.commits == 0) return Unknown("no commit was acknowledged", std::move(figures));
  if (report.judged == 0) {
    return Unknown("no commit was made while a subscriber listened", std::move(figures));
  }
  if (report.undecided > 0) return Unknown(report.WhyUndecided(), std::move(figures));
  const int64_t wanted = expectation.params["min_commits"].Int(1);
  if (report.commits_judged < wanted) {
    return Unknown(Count(report.commits_judged, "commit") + " judged, the card asks for " +
                       std::to_string(wanted),
                   std::move(figures));
  }
  return Pass(Count(report.commits_judged, "commit") + ", each seen by every subscriber",
              std::move(figures));
}

}  // namespace harness
