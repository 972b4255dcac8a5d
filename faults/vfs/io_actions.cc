// io_error, short_io, delay and deny_lock.

#include <sqlite3.h>
#include <time.h>

#include <algorithm>
#include <cerrno>

#include "faults/vfs/action.h"
#include "faults/vfs/unix_codes.h"

namespace faults::vfs {
namespace {

using Made = Result<std::shared_ptr<const Action>>;

bool IsTransfer(Call call) { return call == Call::kRead || call == Call::kWrite; }

// Whether `at` names at least one call where the action can happen.
Status HasPlace(const Fault& fault, const Action& action, When when, const std::string& which) {
  for (const Site& site : AllSites()) {
    if (SiteMatches(fault.Get("at"), site) && action.CanHappen(site.call, when)) return {};
  }
  return Refused(fault, "'" + fault.Get("at") + "' names no call that " + which);
}

class IoError : public Action {
 public:
  IoError(When when, int error, std::string name)
      : when_(when), error_(error), name_(std::move(name)) {}

  bool CanHappen(Call call, When when) const override {
    if (when != when_) return false;
    return when == When::kAfter ? CanFailAfter(call) : CanFail(call);
  }

  Effect Do(const Occasion& occasion, const Recorder& record) const override {
    const bool done = when_ == When::kAfter;
    const int code = UnixCode({occasion.site, occasion.path, occasion.detail, done}, error_);
    const std::string said = name_ + " is " + CodeName(code);
    if (!record("fired", occasion.detail.empty() ? said : occasion.detail + ": " + said)) return {};
    return {.what = Effect::What::kFail, .code = code, .error = error_};
  }

 private:
  When when_;
  int error_;
  std::string name_;
};

class ShortIo : public Action {
 public:
  // `bytes` below 0: the half of what is asked for.
  ShortIo(int64_t bytes, int error) : bytes_(bytes), error_(error) {}

  bool CanHappen(Call call, When when) const override {
    return when == When::kBefore && IsTransfer(call);
  }

  Effect Do(const Occasion& occasion, const Recorder& record) const override {
    const int64_t wanted = bytes_ < 0 ? occasion.bytes / 2 : bytes_;
    const int64_t bytes = std::clamp<int64_t>(wanted, 0, std::max<int64_t>(occasion.bytes - 1, 0));
    const bool read = occasion.site.call == Call::kRead;
    const int code = read ? SQLITE_IOERR_SHORT_READ
                          : UnixCode({occasion.site, occasion.path, occasion.detail}, error_);
    const std::string said =
        occasion.detail + ": " + std::to_string(bytes) + " bytes, then " + CodeName(code);
    if (!record("fired", said)) return {};
    return {
        .what = Effect::What::kShorten, .code = code, .error = read ? 0 : error_, .bytes = bytes};
  }

 private:
  int64_t bytes_;
  int error_;
};

class Delay : public Action {
 public:
  explicit Delay(int64_t for_ms) : for_ms_(for_ms) {}

  bool CanHappen(Call, When when) const override { return when == When::kBefore; }

  Effect Do(const Occasion&, const Recorder& record) const override {
    if (!record("fired", std::to_string(for_ms_) + " ms")) return {};
    timespec left{for_ms_ / 1000, for_ms_ % 1000 * 1'000'000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
    return {};
  }

 private:
  int64_t for_ms_;
};

class DenyLock : public Action {
 public:
  explicit DenyLock(int error) : error_(error) {}

  bool CanHappen(Call call, When when) const override {
    return when == When::kBefore && call == Call::kLock;
  }
  Effect Do(const Occasion& occasion, const Recorder& record) const override {
    if (!record("fired", occasion.detail)) return {};
    const int code = UnixCode({occasion.site, occasion.path, occasion.detail}, error_);
    return {.what = Effect::What::kFail, .code = code, .error = error_};
  }

 private:
  int error_;
};

}  // namespace

Made MakeIoError(const Fault& fault) {
  const When when = fault.Get("when") == "after" ? When::kAfter : When::kBefore;
  const std::string name = fault.Get("error", "EIO");
  auto action = std::make_shared<IoError>(when, ErrnoByName(name), name);
  const std::string which = when == When::kAfter ? "can do its work and fail" : "can fail";
  if (Status place = HasPlace(fault, *action, when, which); !place.ok()) return place.error();
  return std::shared_ptr<const Action>(std::move(action));
}

Made MakeShortIo(const Fault& fault) {
  auto action = std::make_shared<ShortIo>(fault.GetInt("bytes", -1),
                                          ErrnoByName(fault.Get("error", "ENOSPC")));
  if (Status place = HasPlace(fault, *action, When::kBefore, "transfers bytes"); !place.ok()) {
    return place.error();
  }
  return std::shared_ptr<const Action>(std::move(action));
}

Made MakeDelay(const Fault& fault) {
  if (!fault.Has("for_ms")) return Refused(fault, "the key 'for_ms' is missing");
  return std::shared_ptr<const Action>(std::make_shared<Delay>(fault.GetInt("for_ms", 0)));
}

Made MakeDenyLock(const Fault& fault) {
  auto action = std::make_shared<DenyLock>(ErrnoByName(fault.Get("error", "EAGAIN")));
  if (Status place = HasPlace(fault, *action, When::kBefore, "takes a lock"); !place.ok()) {
    return place.error();
  }
  return std::shared_ptr<const Action>(std::move(action));
}

}  // namespace faults::vfs
