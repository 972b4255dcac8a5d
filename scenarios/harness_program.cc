#include "scenarios/harness_program.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace scenarios {
namespace {

namespace fs = std::filesystem;

std::string Read(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

HarnessProgram::HarnessProgram() {
  std::string name = fs::current_path().string() + "/harness-test-XXXXXX";
  folder_ = mkdtemp(name.data());
}

HarnessProgram::~HarnessProgram() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

harness::Command HarnessProgram::CommandFor(std::vector<std::string> arguments) const {
  if (!arguments.empty() && (arguments[0] == "run" || arguments[0] == "replay")) {
    arguments.insert(arguments.end(), {"--out", folder_ + "/runs"});
  }
  return {HARNESS_PROGRAM, std::move(arguments), {}, folder_ + "/stderr.txt"};
}

std::string HarnessProgram::Errors() const { return Read(folder_ + "/stderr.txt"); }

harness::ChildProcess HarnessProgram::Begin(std::vector<std::string> arguments) {
  auto started = harness::ChildProcess::Start(CommandFor(std::move(arguments)));
  return std::move(started).value();
}

ProgramResult HarnessProgram::Run(std::vector<std::string> arguments,
                                  std::map<std::string, std::string> environment) {
  fs::remove(folder_ + "/stderr.txt");
  harness::Command command = CommandFor(std::move(arguments));
  command.environment = std::move(environment);
  auto started = harness::ChildProcess::Start(command);
  harness::ChildProcess& program = started.value();
  ProgramResult result;
  char chunk[8192];
  while (true) {
    pollfd poll_fd{program.stdout_fd(), POLLIN, 0};
    poll(&poll_fd, 1, -1);
    const ssize_t n = read(program.stdout_fd(), chunk, sizeof chunk);
    if (n == 0) break;
    if (n > 0) result.output.append(chunk, static_cast<size_t>(n));
  }
  const auto status = program.Wait(-1);
  if (status) result.exit_code = status->signaled ? 128 + status->code : status->code;
  result.errors = Errors();
  return result;
}

harness::Value HarnessProgram::Atlas() const {
  const auto parsed = harness::Value::Parse(Read(folder_ + "/runs/latest/atlas.json"));
  return parsed.ok() ? parsed.value() : harness::Value();
}

std::vector<std::string> HarnessProgram::LeftBehind() const {
  std::vector<std::string> left;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator("/proc", ec)) {
    std::string line = Read(entry.path().string() + "/cmdline");
    std::ranges::replace(line, '\0', ' ');
    if (line.find(folder_) != std::string::npos) left.push_back(line);
  }
  // A scratch folder is in its run's folder; what goes on below it is not this test's business.
  for (const auto& run : fs::directory_iterator(folder_ + "/runs", ec)) {
    if (run.is_symlink()) continue;
    for (const auto& entry : fs::directory_iterator(run.path(), ec)) {
      if (entry.path().filename().string().starts_with("scratch-"))
        left.push_back(entry.path().string());
    }
  }
  return left;
}

}  // namespace scenarios
