// A program for the tests of the preload library: does what lines on its stdin say, and says of
// each what the C library answered, "CALL ANSWER" or "CALL -1 ERRNO". It knows nothing of faults.
//
//   open NAME | close | read N | pread N | write N | pwrite N | truncate | fsync | fdatasync | mmap
//   | unlink NAME | lock | unlock                    on the file that was opened last inotify
//   block|poll, watch DIR, make NAME       file events of DIR events reads once; names of what
//   came, "overflow" for one await                                          polls until readable,
//   then as events point NAME                                     a libfiu point of its own threads
//   N COUNT                                N threads write COUNT times each to the file
#include <fcntl.h>
#include <fiu.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

int g_fd = -1;
int g_inotify = -1;
std::string g_folder;
char g_bytes[65536];

void Say(const std::string& call, long answer) {
  // stdio writes past the symbol table: its own calls are not intercepted.
  if (answer == -1) {
    std::printf("%s -1 %s\n", call.c_str(), strerrorname_np(errno));
  } else {
    std::printf("%s %ld\n", call.c_str(), answer);
  }
  std::fflush(stdout);
}

long Lock(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_len = 1;
  return fcntl(g_fd, F_SETLK, &lock);
}

void ReadEvents() {
  alignas(inotify_event) char buffer[4096];
  const ssize_t got = read(g_inotify, buffer, sizeof buffer);
  if (got < 0) return Say("events", -1);
  std::string names;
  for (ssize_t at = 0; at < got;) {
    const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
    names += (event->mask & IN_Q_OVERFLOW) != 0 ? " overflow" : " " + std::string(event->name);
    at += static_cast<ssize_t>(sizeof(inotify_event)) + event->len;
  }
  std::printf("events%s\n", names.c_str());
  std::fflush(stdout);
}

void WriteFromThreads(int count, int times) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([times] {
      for (int n = 0; n < times; ++n) (void)!pwrite(g_fd, "x", 1, 0);
    });
  }
  for (auto& thread : threads) thread.join();
}

void Do(const std::string& call, const std::string& name, size_t n) {
  if (call == "open") {
    g_fd = open(name.c_str(), O_RDWR | O_CREAT, 0600);
    return Say(call, g_fd < 0 ? -1 : 0);  // whatever its number
  }
  if (call == "close") return Say(call, close(g_fd));
  if (call == "read") return Say(call, read(g_fd, g_bytes, n));
  if (call == "pread") return Say(call, pread(g_fd, g_bytes, n, 0));
  if (call == "write") return Say(call, write(g_fd, g_bytes, n));
  if (call == "pwrite") return Say(call, pwrite(g_fd, g_bytes, n, 0));
  if (call == "truncate") return Say(call, ftruncate(g_fd, 4096));
  if (call == "fsync") return Say(call, fsync(g_fd));
  if (call == "fdatasync") return Say(call, fdatasync(g_fd));
  if (call == "lock") return Say(call, Lock(F_WRLCK));
  if (call == "unlock") return Say(call, Lock(F_UNLCK));
  if (call == "unlink") return Say(call, unlink(name.c_str()));
  if (call == "mmap") {
    void* memory = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, g_fd, 0);
    return Say(call, memory == MAP_FAILED ? -1 : 0);
  }
  if (call == "inotify") {
    g_inotify = inotify_init1(name == "poll" ? IN_NONBLOCK : 0);
    return Say(call, g_inotify < 0 ? -1 : 0);
  }
  if (call == "watch") {
    g_folder = name;
    return Say(call, inotify_add_watch(g_inotify, name.c_str(), IN_CREATE) < 0 ? -1 : 0);
  }
  if (call == "make") {
    const int made = creat((g_folder + "/" + name).c_str(), 0600);
    Say(call, made < 0 ? -1 : 0);
    close(made);
    return;
  }
  if (call == "children") return Say(call, waitpid(-1, nullptr, WNOHANG));
  if (call == "events") return ReadEvents();
  if (call == "await") {
    pollfd ready{g_inotify, POLLIN, 0};
    Say("poll", poll(&ready, 1, -1));
    return ReadEvents();
  }
  if (call == "point") {
    const int failed = fiu_fail(name.c_str());
    errno = failed != 0 ? static_cast<int>(reinterpret_cast<intptr_t>(fiu_failinfo())) : 0;
    return Say(call, failed != 0 ? -1 : 0);
  }
  std::printf("there is no call %s\n", call.c_str());
  std::fflush(stdout);
}

}  // namespace

int main() {
  fiu_init(0);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string call, name;
    words >> call >> name;
    size_t n = 0;
    std::istringstream(name) >> n;
    if (call == "threads") {
      int times = 0;
      words >> times;
      WriteFromThreads(static_cast<int>(n), times);
      Say(call, 0);
      continue;
    }
    Do(call, name, n);
  }
  return 0;
}
