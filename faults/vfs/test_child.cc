#include "faults/vfs/test_child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace faults::testing {

Child::Child(const std::string& extension, const std::string& database,
             const std::vector<std::string>& statements, const std::string& gates,
             const std::string& ledger, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {FAULTS_SQL_CHILD, extension, database};
  arguments.insert(arguments.end(), statements.begin(), statements.end());
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, "FAULT_", 6) != 0) environment.emplace_back(*entry);
  }
  if (!gates.empty()) environment.push_back("FAULT_VFS=" + gates);
  environment.insert(environment.end(), more.begin(), more.end());
  if (!ledger.empty()) environment.push_back("FAULT_LEDGER=" + ledger);

  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (auto& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
  };
  int out[2];
  if (pipe2(out, O_CLOEXEC) != 0) return;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  if (posix_spawn(&pid_, FAULTS_SQL_CHILD, &actions, nullptr, pointers(arguments).data(),
                  pointers(environment).data()) != 0) {
    pid_ = -1;
  }
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  out_ = out[0];
}

Child::~Child() {
  Kill();
  (void)Finish();
  if (out_ >= 0) close(out_);
}

void Child::Kill() {
  if (pid_ > 0) kill(pid_, SIGKILL);
}

std::string Child::Finish() {
  while (ReadMore()) {
  }
  if (pid_ > 0) {
    while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }
  return text_;
}

std::string Child::Lines(int count) {
  while (std::count(text_.begin(), text_.end(), '\n') < count && ReadMore()) {
  }
  return text_;
}

bool Child::ReadMore() {
  std::array<char, 4096> buffer;
  ssize_t got;
  do {
    got = read(out_, buffer.data(), buffer.size());
  } while (got < 0 && errno == EINTR);
  if (got > 0) text_.append(buffer.data(), static_cast<size_t>(got));
  return got > 0;
}

}  // namespace faults::testing
