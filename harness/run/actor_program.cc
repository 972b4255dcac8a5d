#include "harness/run/actor_program.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/run/child_process.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr int kProbeMs = 60'000;

// The command has to mean the same from any folder: the one in which a cell is run again.
std::string Absolute(const std::string& word) {
  std::error_code ec;
  const bool is_file = word.find('/') != std::string::npos && fs::exists(word, ec);
  return is_file ? fs::absolute(word).lexically_normal().string() : word;
}

std::string LastLine(const std::string& path) {
  std::ifstream in(path);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

}  // namespace

std::string ActorProgram::Command() const {
  std::string command;
  for (const std::string& word : words) command += (command.empty() ? "" : " ") + word;
  return command;
}

Result<std::pair<std::string, ActorProgram>> ReadActorProgram(const std::string& text) {
  const size_t equals = text.find('=');
  std::istringstream command(equals == std::string::npos ? "" : text.substr(equals + 1));
  ActorProgram program;
  for (std::string word; command >> word;) program.words.push_back(Absolute(word));
  if (equals == 0 || program.words.empty())
    return Error{"--actor takes NAME=COMMAND, not \"" + text + "\""};
  const std::string name = text.substr(0, equals);
  if (name == kNativeActor)
    return Error{"--actor " + name + "=...: that is honker-actor itself; choose another name"};
  return std::pair(name, std::move(program));
}

Status ProbeActorProgram(const std::string& name, const std::string& library_folder,
                         const std::string& cache, ActorProgram& program) {
  std::error_code ec;
  fs::create_directories(cache, ec);
  const std::string log = cache + "/identity-of-" + name + ".log";
  fs::remove(log, ec);
  Command command{.executable = "/usr/bin/env",
                  .arguments = program.words,
                  .environment = {},
                  .stderr_path = log};
  command.arguments.insert(command.arguments.end(), {"--identity", "1"});
  if (!library_folder.empty()) command.environment["LD_LIBRARY_PATH"] = library_folder;
  const Result<std::string> printed = RunToEnd(command, kProbeMs);
  const std::string said = LastLine(log);
  fs::remove(log, ec);
  const std::string what = "--actor " + name + "=\"" + program.Command() + "\" cannot be used: ";
  if (!printed.ok()) return Error{what + (said.empty() ? printed.error() : said)};
  const Result<Value> identity = Value::Parse(printed.value());
  if (!identity.ok() || !identity.value()["source_id"].is_text())
    return Error{what + "asked with --identity 1 which SQLite it uses it did not say"};
  program.sqlite = identity.value();
  return Ok();
}

}  // namespace harness
