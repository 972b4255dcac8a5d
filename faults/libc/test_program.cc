#include "faults/libc/test_program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>

namespace faults::testing {

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "faults-XXXXXX").string();
  path_ = mkdtemp(name.data()) == nullptr ? "" : name;
}
Folder::~Folder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Program::Program(const std::vector<std::string>& words,
                 const std::map<std::string, std::string>& environment) {
  std::vector<std::string> arguments = words;
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const bool ours =
        text.starts_with("FAULT_") || text.starts_with("FIU_") || text.starts_with("LD_PRELOAD=");
    if (!ours) variables.push_back(text);
  }
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (auto& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
  };
  int in[2];
  int out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) return;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDERR_FILENO);
  if (posix_spawnp(&pid_, words[0].c_str(), &actions, nullptr, pointers(arguments).data(),
                   pointers(variables).data()) != 0) {
    pid_ = -1;
  }
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  in_ = in[1];
  out_ = out[0];
}

Program::~Program() {
  if (pid_ > 0) kill(pid_, SIGKILL);
  (void)Finish();
  close(out_);
}

void Program::Say(const std::string& line) const {
  const std::string bytes = line + "\n";
  // A program that is gone is seen at its end, not here.
  signal(SIGPIPE, SIG_IGN);
  (void)!write(in_, bytes.data(), bytes.size());
}

std::string Program::Lines(int count) {
  while (std::count(text_.begin(), text_.end(), '\n') < count && ReadMore()) {
  }
  return text_;
}

std::string Program::Finish() {
  if (in_ >= 0) close(in_);
  in_ = -1;
  while (ReadMore()) {
  }
  if (pid_ > 0) {
    while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }
  return text_;
}

bool Program::ReadMore() {
  std::array<char, 4096> buffer;
  ssize_t got = 0;
  do {
    got = read(out_, buffer.data(), buffer.size());
  } while (got < 0 && errno == EINTR);
  if (got > 0) text_.append(buffer.data(), static_cast<size_t>(got));
  return got > 0;
}

std::vector<LedgerEntry> Entries(const std::string& ledger, const std::string& event) {
  std::vector<LedgerEntry> found;
  const auto all = ReadLedger(ledger);
  if (!all.ok()) return found;
  for (const LedgerEntry& entry : all.value()) {
    if (entry.event == event) found.push_back(entry);
  }
  return found;
}

}  // namespace faults::testing
