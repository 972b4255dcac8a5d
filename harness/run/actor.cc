#include "harness/run/actor.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/run/interrupt.h"

namespace harness {
namespace {

// How long a wait goes on before it looks whether the run is interrupted.
constexpr int64_t kInterruptSliceMs = 100;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// Commands that call into the subject: one of them that does not return is the subject's hang.
bool CallsSubject(const std::string& op) {
  for (const char* name : {"watch", "unwatch", "claim", "ack", "enqueue", "next_claim_at", "work",
                           "stop", "produce", "open_queue", "listen", "unlisten", "notify"}) {
    if (op == name) return true;
  }
  return false;
}

}  // namespace

Actor::Actor(std::string process, ChildProcess child)
    : process_(std::move(process)), child_(std::move(child)) {
  Patience patience(kReplyLimitMs);
  hello_ = ReadLine(patience)["hello"];
  if (hello_["protocol"].Int() != 1) {
    throw CellEnd(CellVerdict::kError, process_ + " speaks no protocol 1: " + hello_.Print());
  }
}

int64_t Actor::Begin(const std::string& op, Value value) {
  const int64_t call = next_call_++;
  const std::string line =
      Value::MakeObject({{"call", call}, {"op", op}, {"value", std::move(value)}}).Print() + "\n";
  pending_[call] = op;
  size_t done = 0;
  while (done < line.size()) {
    const ssize_t n = write(child_.stdin_fd(), line.data() + done, line.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) Died();
    done += static_cast<size_t>(n);
  }
  return call;
}

ActorReply Actor::End(int64_t call, int64_t limit_ms) {
  Patience patience(limit_ms);
  while (!replies_.contains(call)) {
    const Value line = ReadLine(patience);
    if (line.Has("event")) continue;  // the history has it
    OpType type = OpType::kInfo;
    if (line["type"].Text() == "ok") type = OpType::kOk;
    if (line["type"].Text() == "fail") type = OpType::kFail;
    const int64_t answered = line["call"].Int();
    ActorReply reply{type, line["value"]};
    NoteHandles(pending_[answered], reply);
    pending_.erase(answered);
    replies_[answered] = std::move(reply);
    if (after_reply_) after_reply_();
  }
  ActorReply reply = std::move(replies_.at(call));
  replies_.erase(call);
  return reply;
}

ActorReply Actor::Try(const std::string& op, Value value, int64_t limit_ms) {
  return End(Begin(op, std::move(value)), limit_ms);
}

Value Actor::Do(const std::string& op, Value value) {
  const std::string asked = value.Print();
  ActorReply reply = Try(op, std::move(value));
  if (reply.ok()) return std::move(reply.value);
  throw CellEnd(CellVerdict::kError,
                process_ + " could not " + op + " " + asked + ": " + reply.value.Print());
}

std::string Actor::Doing() const {
  std::string ops;
  for (const auto& [call, op] : pending_) ops += (ops.empty() ? "" : ", ") + op;
  return ops;
}

void Actor::NoteHandles(const std::string& op, const ActorReply& reply) {
  if (!reply.ok()) return;
  const bool opened = reply.value["outcome"].Text() == "opened";
  if (op == "watch" && opened) handles_ += static_cast<int64_t>(reply.value["subs"].items().size());
  if (op == "unwatch") handles_ -= reply.value["closed"].Int();
  if (op == "work" && opened) ++handles_;
  if (op == "stop" && handles_ > 0) --handles_;
}

bool Actor::InSubject() const {
  if (leaving_ && handles_ > 0) return true;
  return std::ranges::any_of(pending_, [](const auto& p) { return CallsSubject(p.second); });
}

std::vector<pid_t> Actor::Company() const {
  return company_ ? company_() : std::vector<pid_t>{pid()};
}

std::optional<ExitStatus> Actor::AwaitEnd(int64_t limit_ms) {
  Patience patience(limit_ms);
  while (true) {
    const bool over = patience.IsOver(Company());
    const auto slice_ms =
        static_cast<int>(std::clamp<int64_t>(patience.left_ms(), 0, kInterruptSliceMs));
    if (std::optional<ExitStatus> status = child_.Wait(Interrupted() ? 0 : slice_ms)) return status;
    if (Interrupted() || over) return std::nullopt;
  }
}

Parting Actor::Quit(int64_t limit_ms) {
  leaving_ = true;
  child_.CloseStdin();
  Parting parting;
  if (const std::optional<ExitStatus> status = AwaitEnd(limit_ms)) {
    parting.status = *status;
    if (status->signaled || status->code != 0) {
      parting.trouble.emplace(CellVerdict::kBroken, "crashed: " + process_ + " ended with " +
                                                        status->Words() + " when asked to go");
    }
    return parting;
  }
  if (Interrupted()) {
    parting.trouble.emplace(CellVerdict::kSkipped, "interrupted");
  } else {
    parting.trouble.emplace(Hang("end when asked to", limit_ms));
  }
  child_.SignalGroup(SIGKILL);
  parting.status = child_.Wait(-1).value_or(ExitStatus{true, SIGKILL});
  return parting;
}

Value Actor::ReadLine(Patience& patience) {
  while (true) {
    const size_t newline = buffer_.find('\n');
    if (newline != std::string::npos) {
      const Result<Value> line = Value::Parse(std::string_view(buffer_).substr(0, newline));
      buffer_.erase(0, newline + 1);
      if (!line.ok())
        throw CellEnd(CellVerdict::kError, process_ + " said something that is " + line.error());
      return line.value();
    }
    pollfd poll_fd{child_.stdout_fd(), POLLIN, 0};
    if (patience.IsOver(Company())) throw Hang("answer", patience.limit_ms());
    if (Interrupted()) throw CellEnd(CellVerdict::kSkipped, "interrupted");
    const int64_t slice_ms = std::clamp<int64_t>(patience.left_ms(), 1, kInterruptSliceMs);
    if (poll(&poll_fd, 1, static_cast<int>(slice_ms)) <= 0) continue;
    char chunk[8192];
    const ssize_t n = read(child_.stdout_fd(), chunk, sizeof chunk);
    if (n == 0) Died();
    if (n > 0) buffer_.append(chunk, static_cast<size_t>(n));
  }
}

void Actor::Died() {
  const std::optional<ExitStatus> status = AwaitEnd(kReplyLimitMs);
  const std::string how = status ? status->Words() : "closed its output";
  const std::string doing = Doing().empty() ? "" : " in " + Doing();
  const bool crash = status && status->signaled;
  throw CellEnd(crash ? CellVerdict::kBroken : CellVerdict::kError,
                (crash ? "crashed: " : "") + process_ + " ended with " + how + doing);
}

CellEnd Actor::Hang(const std::string& instead_of, int64_t limit_ms) const {
  const std::string doing = Doing();
  // What the kernel does not let go is no hang of a program.
  const bool blocked = std::ranges::any_of(Company(), InUninterruptibleSleep);
  const CellVerdict verdict = blocked       ? CellVerdict::kUnknown
                              : InSubject() ? CellVerdict::kBroken
                                            : CellVerdict::kError;
  return {verdict, kHangs + process_ + " did not " + instead_of +
                       (doing.empty() ? "" : " " + doing) + " within " + std::to_string(limit_ms) +
                       " ms\n" + DescribeProcess(pid())};
}

std::string DescribeProcess(pid_t pid) {
  const std::string base = "/proc/" + std::to_string(pid);
  std::string text;
  std::error_code ec;
  for (const auto& task : std::filesystem::directory_iterator(base + "/task", ec)) {
    const std::string folder = task.path().string();
    std::string name = ReadFile(folder + "/comm");
    std::erase(name, '\n');
    text += "  thread " + task.path().filename().string() + " (" + name + "), waiting in " +
            ReadFile(folder + "/wchan") + "\n" + ReadFile(folder + "/stack");
  }
  std::istringstream locks(ReadFile("/proc/locks"));
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      if (word == std::to_string(pid)) text += "  lock " + line + "\n";
    }
  }
  return text;
}

}  // namespace harness
