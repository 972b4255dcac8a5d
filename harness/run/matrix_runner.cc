#include "harness/run/matrix_runner.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "harness/run/interrupt.h"

namespace harness {

const Contender& ContenderOf(const Cell& cell, const std::vector<Contender>& contenders) {
  for (const Contender& contender : contenders) {
    if (contender.environment.subject.name == cell.subject) return contender;
  }
  return contenders.front();  // a run with one subject: the cell need not name it
}

std::vector<CellResult> RunMatrix(const MatrixJob& job, Guardian& guardian) {
  std::vector<std::optional<CellResult>> slots(job.cells.size());
  std::vector<size_t> together, alone;
  for (size_t k = 0; k < job.cells.size(); ++k) {
    const Card& card = *job.cells[k].card;
    (card.alone && card.alone(job.cells[k]) ? alone : together).push_back(k);
  }
  const auto run = [&](const std::vector<size_t>& order, int jobs) {
    std::atomic<size_t> next{0};
    // The threads live until the last cell is over: actors die with the thread that started them.
    std::vector<std::jthread> threads;
    for (int i = 0; i < jobs; ++i) {
      threads.emplace_back([&] {
        for (size_t n; (n = next.fetch_add(1)) < order.size() && !Interrupted();) {
          const size_t k = order[n];
          const Cell& cell = job.cells[k];
          job.began(cell);
          const Contender& contender = ContenderOf(cell, job.contenders);
          CellResult result = RunCell(cell, contender.environment, job.catalogue,
                                      contender.expected, job.folders, job.rerun(cell), guardian);
          if (Interrupted()) return;
          job.ended(result);
          slots[k] = std::move(result);
        }
      });
    }
  };
  run(together, job.jobs);
  run(alone, 1);
  std::vector<CellResult> results;
  for (auto& slot : slots) {
    if (slot) results.push_back(std::move(*slot));
  }
  return results;
}

}  // namespace harness
