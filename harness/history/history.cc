#include "harness/history/history.h"

#include <fcntl.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

namespace harness {
namespace {

constexpr std::pair<std::string_view, OpType> kTypes[] = {{"invoke", OpType::kInvoke},
                                                          {"ok", OpType::kOk},
                                                          {"fail", OpType::kFail},
                                                          {"info", OpType::kInfo},
                                                          {"event", OpType::kEvent}};

Status LoadFile(const std::filesystem::path& path, std::vector<Op>& ops) {
  std::ifstream in(path);
  if (!in) return ErrnoError("cannot read history " + path.string(), errno);
  std::string process;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const bool torn = in.eof();  // getline met the end before a newline
    if (number == 1) {
      const Result<Value> head = Value::Parse(line);
      if (!head.ok() && torn) return Ok();
      if (!head.ok() || !head.value()["process"].is_text()) {
        return Error{path.string() + ":1: no history: the first line names no process"};
      }
      process = head.value()["process"].Text();
      continue;
    }
    Result<Op> op = ParseOp(line, process);
    if (!op.ok()) {
      if (torn) break;
      return Error{path.string() + ":" + std::to_string(number) + ": " + op.error()};
    }
    ops.push_back(std::move(op).value());
  }
  return Ok();
}

}  // namespace

std::string_view ToString(OpType type) {
  for (const auto& [name, value] : kTypes) {
    if (value == type) return name;
  }
  return "?";
}

History History::FromOps(std::vector<Op> ops) {
  History history;
  std::stable_sort(ops.begin(), ops.end(),
                   [](const Op& a, const Op& b) { return a.t_ns < b.t_ns; });
  history.ops_ = std::move(ops);
  return history;
}

Result<History> History::Load(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ec)) {
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  }
  if (ec) return Error{"cannot list histories in " + folder + ": " + ec.message()};
  std::sort(files.begin(), files.end());
  std::vector<Op> ops;
  for (const auto& file : files) {
    Status status = LoadFile(file, ops);
    if (!status.ok()) return Error{status.error()};
  }
  return FromOps(std::move(ops));
}

std::vector<Call> History::Calls(std::string_view name) const {
  std::vector<Call> calls;
  std::map<std::pair<std::string_view, int64_t>, size_t> open;
  for (size_t i = 0; i < ops_.size(); ++i) {
    const Op& op = ops_[i];
    if (op.name != name || op.type == OpType::kEvent) continue;
    if (op.type == OpType::kInvoke) {
      open[{op.process, op.call}] = calls.size();
      calls.push_back(Call{i, i, &op, nullptr});
      continue;
    }
    const auto it = open.find({op.process, op.call});
    if (it == open.end()) continue;  // an end without its beginning says nothing about the call
    calls[it->second].end_index = i;
    calls[it->second].end = &op;
    open.erase(it);
  }
  return calls;
}

std::vector<size_t> History::Events(std::string_view name) const {
  std::vector<size_t> found;
  for (size_t i = 0; i < ops_.size(); ++i) {
    if (ops_[i].type == OpType::kEvent && ops_[i].name == name) found.push_back(i);
  }
  return found;
}

std::string PrintOp(const Op& op) {
  Value line = Value::MakeObject({{"t", op.t_ns}, {"type", ToString(op.type)}});
  if (op.type != OpType::kEvent) line.Set("call", op.call);
  line.Set("op", op.name);
  line.Set("value", op.value);
  return line.Print();
}

Result<Op> ParseOp(const std::string& line, const std::string& process) {
  Result<Value> parsed = Value::Parse(line);
  if (!parsed.ok()) return Error{parsed.error()};
  const Value& v = parsed.value();
  Op op{.t_ns = v["t"].Int(-1),
        .type = OpType::kEvent,
        .call = v["call"].Int(),
        .process = process,
        .name = v["op"].Text(),
        .value = v["value"]};
  const auto* type =
      std::ranges::find(kTypes, v["type"].Text(), [](const auto& entry) { return entry.first; });
  if (type == std::end(kTypes)) return Error{"unknown op type \"" + v["type"].Text() + "\""};
  if (op.t_ns < 0 || op.name.empty()) return Error{"an op needs t and op: " + line};
  op.type = type->second;
  return op;
}

HistoryWriter::~HistoryWriter() {
  if (fd_ >= 0) close(fd_);
}

Status HistoryWriter::Open(const std::string& path, const std::string& process) {
  fd_ = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd_ < 0) return ErrnoError("cannot create history " + path, errno);
  const std::string head = Value::MakeObject({{"process", process},
                                              {"pid", static_cast<int64_t>(getpid())},
                                              {"clock", "CLOCK_MONOTONIC ns"},
                                              {"protocol", 1}})
                               .Print() +
                           "\n";
  if (write(fd_, head.data(), head.size()) != static_cast<ssize_t>(head.size())) {
    return ErrnoError("cannot write history " + path, errno);
  }
  return Ok();
}

int64_t HistoryWriter::Append(OpType type, int64_t call, std::string_view name, Value value) {
  const int64_t now = NowNs();
  AppendAt(now, type, call, name, std::move(value));
  return now;
}

void HistoryWriter::AppendAt(int64_t t_ns, OpType type, int64_t call, std::string_view name,
                             Value value) {
  // One write(2) with O_APPEND: lines of several threads never mix.
  const std::string line =
      PrintOp(Op{t_ns, type, call, "", std::string(name), std::move(value)}) + "\n";
  if (write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    std::fprintf(stderr, "harness: cannot append to the history: %s\n", std::strerror(errno));
    std::_Exit(70);
  }
}

int64_t NowNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

}  // namespace harness
