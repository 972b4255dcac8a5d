// The kernel backend: a file event (file_events.h) is a wake, and that is all it knows. Two things
// follow, and are the documented price:
// - The event of a write comes before the commit is visible. A consumer that re-reads at once may
//   see the old state, and no wake follows. A busy timeout helps in the rollback modes only.
// - A rollback writes too. Wakes may be spurious.
// Events that the kernel dropped count as a wake: anything may have happened.
#include "core/watcher/backend.h"
#include "core/watcher/file_events.h"

namespace honker {
namespace {

class Kernel : public Backend {
 public:
  explicit Kernel(const std::string& path) : events_(path) {}
  Status Start() { return events_.Start(); }

  // One wake for the whole batch, and a wake where a watch is missing.
  Look Check() override {
    const FileNews news = events_.Take();
    if (!news.problem.empty()) return Look::Trouble(news.problem);
    return news.written || news.overflow ? Look::Changed() : Look{};
  }

  int event_fd() const override { return events_.descriptor(); }
  Attention attention() const override { return {.events = true}; }
  // There is no descriptor of the file to ask; watches were added between two looks at the path.
  bool SeesPath() override { return true; }
  const char* thread_name() const override { return "honker-kernel"; }

 private:
  FileEvents events_;
};

}  // namespace

Result<std::unique_ptr<Backend>> OpenKernel(const std::string& path) {
  auto kernel = std::make_unique<Kernel>(path);
  Status started = kernel->Start();
  if (!started.ok()) return started.error();
  return std::unique_ptr<Backend>(std::move(kernel));
}

}  // namespace honker
