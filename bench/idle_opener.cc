#include "bench/idle_opener.h"

#include <cstdio>

#include "bench/support/child.h"
#include "bench/support/program.h"

namespace bench {

int RunIdleOpener(const std::string& path) {
  constexpr int kPauseMs = 5;
  const int64_t start = NowNs();
  int64_t opened = 0;
  do {
    const Db db = OpenDb(path, SQLITE_OPEN_READWRITE);
    (void)StepInt(Prepare(db.get(), "SELECT count(*) FROM t").get());
    if (++opened == 1) {
      std::puts("ready");
      std::fflush(stdout);
    }
  } while (!InputEnded(kPauseMs));
  std::printf("%f\n", static_cast<double>(opened) * 1e9 / static_cast<double>(NowNs() - start));
  return 0;
}

}  // namespace bench
