#include "harness/actor/become.h"

#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace harness::actor {
namespace {

// "nobody" on every Linux: the kernel's own overflow user.
constexpr uid_t kNobody = 65534;

}  // namespace

Reply Become(const Value& arguments) {
  if (geteuid() == 0) {
    if (setgroups(0, nullptr) != 0 || setresgid(kNobody, kNobody, kNobody) != 0 ||
        setresuid(kNobody, kNobody, kNobody) != 0) {
      return Reply::Fail(std::string("cannot become an ordinary user: ") + std::strerror(errno));
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a change of user takes it away
  }
  return Reply::Okay(
      Value::MakeObject({{"uid", static_cast<int64_t>(geteuid())},
                         {"reaches", access(arguments["reach"].Text().c_str(), X_OK) == 0}}));
}

}  // namespace harness::actor
