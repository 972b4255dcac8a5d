#include "faults/libc/runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <fiu-control.h>
#include <fiu.h>
#include <limits.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

#include "faults/ledger.h"
#include "faults/libc/control.h"
#include "faults/process/process.h"

namespace faults::libc {
namespace {

struct State {
  Plan plan;
  std::optional<Ledger> ledger;
  Dice dice;
  bool libfiu = false;                  // each site is a libfiu point
  std::vector<std::string> fiu_points;  // foreign sites that are enabled
  std::vector<std::string> fiu_wanted;  // and those that are to be
  uint32_t refused = 0;                 // generation whose text was refused
};

// Constant-initialised, because calls come before constructors.
pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
std::atomic<bool> g_started{false};
std::atomic<uint32_t> g_calls{0};  // one bit for each Call that something may be about
std::atomic<bool> g_points_changed{false};
std::atomic<const ControlPage*> g_page{nullptr};
std::atomic<uint32_t> g_generation{0};
State* g_state = nullptr;
// initial-exec: the first access from a thread must not allocate.
__attribute__((tls_model("initial-exec"))) thread_local int t_inside = 0;

struct Locked {
  Locked() { pthread_mutex_lock(&g_mutex); }
  ~Locked() { pthread_mutex_unlock(&g_mutex); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
};

[[noreturn]] void Refuse(const char* what, const std::string& message) {
  dprintf(STDERR_FILENO, "libfault_preload: %s: %s\n", what, message.c_str());
  _exit(64);
}

const char* Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Adopts a text: its faults are armed, and the ledger says so. Under the lock.
Status Adopt(const std::string& text) {
  auto faults = ParseFaults(text);
  if (!faults.ok()) return faults.error();
  auto plan = Plan::Make(faults.value(), g_state->dice);
  if (!plan.ok()) return plan.error();
  if (g_state->ledger.has_value()) {
    for (const auto& fault : plan.value().faults()) {
      const Status recorded = g_state->ledger->Append(
          {.event = "armed", .fault = fault->Text(), .detail = program_invocation_short_name});
      if (!recorded.ok()) return recorded;
    }
  }
  g_state->plan = std::move(plan).value();
  g_state->fiu_wanted = g_state->plan.ForeignSites();
  if (g_state->fiu_wanted != g_state->fiu_points) g_points_changed.store(true);
  uint32_t calls = 0;
  for (size_t call = 0; call < kCalls; ++call) {
    const bool concerned = g_state->libfiu || g_state->plan.MayConcern(static_cast<Call>(call));
    if (concerned) calls |= 1U << call;
  }
  g_calls.store(calls, std::memory_order_relaxed);
  return {};
}

// Under the lock. The page changes while it is read: then the next call reads it.
void ReadPage() {
  const ControlPage* page = g_page.load(std::memory_order_relaxed);
  if (page == nullptr) return;
  const auto now = ReadControlPage(*page);
  if (!now.has_value() || now->generation == g_generation.load(std::memory_order_relaxed)) return;
  const Status adopted = Adopt(now->text);
  if (!adopted.ok()) {
    dprintf(STDERR_FILENO, "libfault_preload: the control page is left as it was: %s\n",
            adopted.Message().c_str());
  }
  g_generation.store(now->generation, std::memory_order_release);
}

int PointReached(const char* name, int* failnum, void** failinfo, unsigned int* flags) {
  (void)failnum;
  (void)flags;
  if (t_inside != 0) return 0;
  const Passage passage(name, "", /*at_libc=*/false);
  if (passage.error() == 0) return 0;
  *failinfo = reinterpret_cast<void*>(static_cast<intptr_t>(passage.error()));
  return 1;
}

// Enables the foreign sites of the plan as points of libfiu. Never from one of its points: it holds
// a lock there that enabling needs.
void SyncPoints() {
  std::vector<std::string> before, wanted;
  {
    const Locked lock;
    if (!g_points_changed.exchange(false)) return;
    before = g_state->fiu_points;
    wanted = g_state->fiu_points = g_state->fiu_wanted;
  }
  if (fiu_init(0) < 0) return;
  for (const std::string& name : before) fiu_disable(name.c_str());
  for (const std::string& name : wanted) {
    fiu_enable_external(name.c_str(), 1, nullptr, 0, &PointReached);
  }
}

void LockForFork() { pthread_mutex_lock(&g_mutex); }
void UnlockAfterFork() { pthread_mutex_unlock(&g_mutex); }

// Reads the environment. Under the lock, once.
void Start() {
  const char* text = Variable("FAULT_LIBC");
  const char* control = Variable("FAULT_LIBC_CONTROL");
  const bool libfiu = *Variable("FIU_ENABLE") != '\0' || *Variable("FIU_CTRL_FIFO") != '\0';
  if (*text == '\0' && *control == '\0' && !libfiu) return;
  g_state = new State;
  g_state->libfiu = libfiu && fiu_init(0) == 0;
  g_state->dice.process = Variable("FAULT_PROCESS");
  if (const char* seed = Variable("FAULT_SEED"); *seed != '\0') {
    char* end = nullptr;
    g_state->dice.seed = std::strtoull(seed, &end, 10);
    if (*end != '\0')
      Refuse("FAULT_SEED", "a whole number from 0, not '" + std::string(seed) + "'");
  }
  if (const char* path = Variable("FAULT_LEDGER"); *path != '\0') {
    auto ledger = Ledger::Open(path);
    if (!ledger.ok()) Refuse("FAULT_LEDGER", ledger.Message());
    g_state->ledger.emplace(std::move(ledger).value());
  }
  if (const Status adopted = Adopt(text); !adopted.ok()) Refuse("FAULT_LIBC", adopted.Message());
  if (*control != '\0') {
    const ControlPage* page = MapControlPage(control);
    if (page == nullptr) {
      Refuse("FAULT_LIBC_CONTROL", std::string(control) + ": " + strerrordesc_np(errno) +
                                       " (fault-ctl --create makes a control page)");
    }
    g_page.store(page, std::memory_order_release);
  }
  pthread_atfork(LockForFork, UnlockAfterFork, UnlockAfterFork);
}

// Puts it in the ledger. False: it must not take effect.
bool Recorded(const Firing& firing, const std::string& detail, const char* event = "fired") {
  if (!g_state->ledger.has_value()) return true;
  const Status appended = g_state->ledger->Append({.event = event,
                                                   .fault = firing.fault->Text(),
                                                   .site = firing.site,
                                                   .occurrence = firing.occurrence,
                                                   .detail = detail});
  if (!appended.ok()) {
    dprintf(STDERR_FILENO, "libfault_preload: nothing is done, because it cannot be recorded: %s\n",
            appended.Message().c_str());
  }
  return appended.ok();
}

std::vector<Firing> Decide(const char* site, const std::string& path, bool events) {
  const Locked lock;
  ReadPage();
  std::vector<Firing> firings = g_state->plan.At(site, path, events);
  std::erase_if(firings, [&](const Firing& firing) { return !Recorded(firing, path); });
  return firings;
}

void Sleep(int64_t ms) {
  timespec left{ms / 1000, ms % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

void DoHere(const Fault& fault) {
  if (const Status done = process::Here(fault); !done.ok()) {
    dprintf(STDERR_FILENO, "libfault_preload: %s\n", done.Message().c_str());
  }
}

// What a libfiu point of that name says; recorded like any other fault. 0: nothing.
int AskLibfiu(const char* site, const std::string& path) {
  if (!g_state->libfiu || fiu_fail(site) == 0) return 0;
  const auto info = reinterpret_cast<intptr_t>(fiu_failinfo());
  const int error = info > 0 && info < 4096 ? static_cast<int>(info) : EIO;
  const char* name = strerrorname_np(error);
  const auto fault = std::make_shared<const Fault>(
      Fault{.kind = "io_error",
            .target = "*",
            .params = {{"at", site}, {"error", name == nullptr ? "EIO" : name}},
            .lasting = Lasting::kOnce});
  const Locked lock;
  return Recorded({fault, Act::kFail, site, 0}, "libfiu " + path) ? error : 0;
}

std::string PathOf(int fd) {
  char link[32];
  char path[PATH_MAX];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, path, sizeof path);
  if (length <= 0) return "";
  std::string text(path, static_cast<size_t>(length));
  constexpr std::string_view kDeleted = " (deleted)";
  if (text.ends_with(kDeleted)) text.resize(text.size() - kDeleted.size());
  return text;
}

File FileOf(int fd, const std::string& path) {
  if (const File file = FileOfName(path); file != File::kOther || path.empty()) return file;
  struct stat st {};
  char start[16];
  // The very system call, past libfiu's library and everybody else.
  const bool sqlite = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
                      syscall(SYS_pread64, fd, start, sizeof start, 0L) == sizeof start &&
                      std::memcmp(start, "SQLite format 3", sizeof start) == 0;
  return sqlite ? File::kDb : File::kOther;
}

// Where no call comes first: a bad text is told at the start of every program.
__attribute__((constructor)) void AtLoad() { (void)Idle(Call::kOpen); }

}  // namespace

bool Idle(Call call) {
  if (t_inside != 0) return true;
  if (!g_started.load(std::memory_order_acquire)) {
    const Inside inside;
    const Locked lock;
    if (!g_started.load(std::memory_order_relaxed)) {
      Start();
      g_started.store(true, std::memory_order_release);
    }
  }
  if (const ControlPage* page = g_page.load(std::memory_order_acquire); page != nullptr) {
    if (page->generation.load(std::memory_order_acquire) !=
        g_generation.load(std::memory_order_acquire)) {
      const Inside inside;
      const Locked lock;
      ReadPage();
    }
  }
  if (g_points_changed.load(std::memory_order_acquire)) {
    const Inside inside;
    SyncPoints();
  }
  return (g_calls.load(std::memory_order_relaxed) >> static_cast<uint32_t>(call) & 1) == 0;
}

Inside::Inside() : errno_(errno) { ++t_inside; }
Inside::~Inside() {
  --t_inside;
  errno = errno_;
}

Descriptor::Descriptor(int fd) {
  const Inside inside;
  path = PathOf(fd);
  file = FileOf(fd, path);
}

std::string PathAt(int folder, const char* name) {
  const Inside inside;
  if (name == nullptr) return "";
  if (*name == '/') return name;
  char path[PATH_MAX];
  const std::string at = folder != AT_FDCWD                     ? PathOf(folder)
                         : getcwd(path, sizeof path) != nullptr ? std::string(path)
                                                                : std::string();
  return at + "/" + name;
}

Passage::Passage(const char* site, const std::string& path, bool at_libc) : path_(path) {
  const Inside inside;
  for (Firing& firing : Decide(site, path, /*events=*/false)) {
    const Fault& fault = *firing.fault;
    switch (firing.act) {
      case Act::kDelay:
        Sleep(fault.GetInt("for_ms", 0));
        break;
      case Act::kProcess:
        if (fault.Get("when") == "after") {
          after_.push_back(std::move(firing));
        } else {
          DoHere(fault);
        }
        break;
      case Act::kShorten:
        shorten_ = true;
        short_bytes_ = fault.GetInt("bytes", -1);
        break;
      case Act::kFail: {
        int& error = fault.Get("when") == "after" ? late_error_ : error_;
        const char* usual = fault.kind == "deny_lock" ? "EAGAIN" : "EIO";
        if (error == 0) error = ErrnoByName(fault.Get("error", usual));
        break;
      }
      default:
        break;  // events are decided one by one
    }
  }
  if (error_ == 0 && at_libc) error_ = AskLibfiu(site, path);
}

Passage::~Passage() {
  if (after_.empty()) return;
  const Inside inside;
  for (const Firing& firing : after_) DoHere(*firing.fault);
}

size_t Passage::Shortened(size_t bytes) const {
  if (!shorten_) return bytes;
  return short_bytes_ < 0 ? (bytes + 1) / 2 : std::min(bytes, static_cast<size_t>(short_bytes_));
}

std::vector<Firing> EventFirings(const std::string& path) {
  const Inside inside;
  return Decide(SiteName(Call::kInotifyRead, File::kOther), path, /*events=*/true);
}

void Record(const char* event, const Firing& firing, const std::string& detail) {
  const Inside inside;
  const Locked lock;
  (void)Recorded(firing, detail, event);
}

}  // namespace faults::libc
