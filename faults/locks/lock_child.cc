// A process that holds locks through SQLite and then does something to a file of the database, for
// the tests of the recorder.
//
//   faults_lock_child DATABASE JOURNAL LOCK FILE ACTION
//
// LOCK: read, write, exclusive: what its transaction holds; none: it is over. FILE: "" or a suffix
// such as -shm. ACTION: one of the words below. Then it prints "done" and waits for the end of its
// input, and exits without closing its connections.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

namespace {

void Require(bool good, const std::string& what) {
  if (good) return;
  std::fprintf(stderr, "faults_lock_child: %s\n", what.c_str());
  std::_Exit(1);
}

void Exec(sqlite3* db, const std::string& sql) {
  char* error = nullptr;
  const int rc = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error);
  Require(rc == SQLITE_OK, sql + ": " + (error != nullptr ? error : ""));
}

// SQLite's own race, held open: a connection is closed while another thread takes the first lock on
// the file. Between its look at whether locks are held and its close(2), a connection with a mapped
// file unmaps it: there this waits until the other thread has its lock.
std::atomic<bool> unmapping{false};
std::atomic<bool> locked{false};
std::atomic<bool> armed{false};

int UnmapAndWait(void* address, size_t length) {
  if (armed.exchange(false)) {
    unmapping = true;
    unmapping.notify_all();
    locked.wait(false);
  }
  return munmap(address, length);
}

void CloseBesideALock(sqlite3* closing, const std::string& path) {
  sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  Require(vfs->xSetSystemCall(vfs, "munmap", reinterpret_cast<sqlite3_syscall_ptr>(UnmapAndWait)) ==
              SQLITE_OK,
          "cannot stand in front of munmap");
  Exec(closing, "PRAGMA mmap_size=1000000; SELECT * FROM t");
  sqlite3* other = nullptr;
  Require(sqlite3_open(path.c_str(), &other) == SQLITE_OK, "cannot open the database");
  Exec(other, "SELECT * FROM t");
  std::thread locker([&] {
    unmapping.wait(false);
    Exec(other, "BEGIN; SELECT * FROM t");
    locked = true;
    locked.notify_all();
  });
  armed = true;
  sqlite3_close(closing);
  Require(!armed, "nothing was mapped");
  locker.join();
}

void Act(const std::string& action, const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  Require(fd >= 0, "cannot open " + path);
  if (action == "close") {
    close(fd);
  } else if (action == "fclose") {
    std::fclose(fdopen(fd, "r+"));
  } else if (action == "ifstream") {
    // Its own descriptor is the one that is closed; `fd` stays open.
    const std::ifstream in(path);
    Require(in.good(), "cannot read " + path);
  } else if (action == "dup2") {
    dup2(STDIN_FILENO, fd);
  } else if (action == "dup3") {
    dup3(STDIN_FILENO, fd, O_CLOEXEC);
  } else if (action == "close_range") {
    const auto number = static_cast<unsigned>(fd);
    close_range(number, number, 0);
  } else if (action == "unlock") {
    // As a second copy of SQLite would, which knows nothing of the first one's locks.
    struct flock lock {};
    lock.l_type = F_UNLCK;
    lock.l_whence = SEEK_SET;
    fcntl(fd, F_SETLK, &lock);
  } else if (action == "raw_close") {
    syscall(SYS_close, fd);
  } else if (action == "keep_open") {
  } else if (action == "fork_close") {
    const pid_t child = fork();
    if (child == 0) {
      close(fd);
      std::_Exit(0);
    }
    waitpid(child, nullptr, 0);
  } else if (action == "vfork_close") {
    const pid_t child = vfork();
    if (child == 0) {
      close(fd);
      _exit(0);
    }
    waitpid(child, nullptr, 0);
  } else {
    Require(false, "no such action: " + action);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const pid_t parent = getppid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent || argc != 6) return 64;
  const std::string path = argv[1];
  const std::string lock = argv[3];
  const std::string action = argv[5];
  sqlite3* db = nullptr;
  Require(sqlite3_open(path.c_str(), &db) == SQLITE_OK, "cannot open the database");
  Exec(db, std::string("PRAGMA journal_mode=") + argv[2]);
  Exec(db, "CREATE TABLE IF NOT EXISTS t(x); INSERT INTO t VALUES(1)");
  if (action == "sqlite_close") {
    CloseBesideALock(db, path);
  } else if (action == "transactions") {
    // Of two connections, and of ones that come and go.
    for (int i = 0; i < 200; ++i) {
      sqlite3* other = nullptr;
      Require(sqlite3_open(path.c_str(), &other) == SQLITE_OK, "cannot open the database");
      Exec(db, "BEGIN IMMEDIATE; INSERT INTO t VALUES(2); COMMIT");
      Exec(other, "BEGIN; SELECT * FROM t; COMMIT; INSERT INTO t VALUES(3)");
      sqlite3_close(other);
    }
  } else {
    if (lock == "read") Exec(db, "BEGIN; SELECT * FROM t");
    if (lock == "write") Exec(db, "BEGIN IMMEDIATE; INSERT INTO t VALUES(2)");
    if (lock == "exclusive") Exec(db, "BEGIN EXCLUSIVE; INSERT INTO t VALUES(2)");
    Act(action, path + argv[4]);
  }
  std::puts("done");
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  std::_Exit(0);
}
