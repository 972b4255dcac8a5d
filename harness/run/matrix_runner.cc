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
  std::atomic<size_t> next{0};
  {
    // The threads live until the last cell is over: actors die with the thread that started them.
    std::vector<std::jthread> threads;
    for (int i = 0; i < job.jobs; ++i) {
      threads.emplace_back([&] {
        for (size_t k; (k = next.fetch_add(1)) < job.cells.size() && !Interrupted();) {
          const Cell& cell = job.cells[k];
          job.began(cell);
          const Contender& contender = ContenderOf(cell, job.contenders);
          CellResult result =
              RunCell(cell, contender.environment, job.catalogue, contender.expected, job.folders,
                      job.rerun(cell), guardian);
          if (Interrupted()) return;
          job.ended(result);
          slots[k] = std::move(result);
        }
      });
    }
  }
  std::vector<CellResult> results;
  for (auto& slot : slots) {
    if (slot) results.push_back(std::move(*slot));
  }
  return results;
}

}  // namespace harness
