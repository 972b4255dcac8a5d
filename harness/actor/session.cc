#include "harness/actor/session.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "harness/actor/sites.h"
#include "harness/base/exit_codes.h"
#include "harness/history/lock_events.h"

namespace harness::actor {

Status Session::Begin(const std::string& process, const std::string& history_path) {
  process_ = process;
  if (const char* book = std::getenv("FAULT_LOCKS")) {
    faults::Result<faults::locks::BookReader> reader = faults::locks::BookReader::Open(book);
    if (reader.ok() && reader.value().pid() == getpid()) locks_ = std::move(reader).value();
  }
  return history_.Open(history_path, process);
}

void Session::Send(const Value& line) {
  const std::string text = line.Print() + "\n";
  const std::lock_guard lock(output_);
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = write(STDOUT_FILENO, text.data() + done, text.size() - done);
    if (n <= 0) std::_Exit(kExitSoftware);  // nobody listens any more
    done += static_cast<size_t>(n);
  }
}

int Session::Serve(const Value& hello) {
  Send(Value::MakeObject({{"hello", hello}}));
  std::string line;
  while (std::getline(std::cin, line)) {
    const Result<Value> command = Value::Parse(line);
    const int64_t call = command.ok() ? command.value()["call"].Int() : 0;
    const std::string op = command.ok() ? command.value()["op"].Text() : "";
    if (op == "quit") break;
    const Value arguments = command.ok() ? command.value()["value"] : Value();
    const auto handler = handlers_.find(op);
    Reply reply;
    if (!command.ok()) {
      reply = Reply::Fail(command.error());
    } else if (handler == handlers_.end()) {
      reply = Reply::Fail("unknown command \"" + op + "\"");
    } else {
      history_.Append(OpType::kInvoke, call, op, arguments);
      Reach("actor.begun", op);
      reply = handler->second(arguments);
      Reach("actor.done", op);
    }
    const int64_t t = history_.Append(reply.type, call, op.empty() ? "?" : op, reply.value);
    Reach("actor.recorded", op);
    Send(Value::MakeObject({{"call", call},
                            {"type", ToString(reply.type)},
                            {"op", op},
                            {"value", std::move(reply.value)},
                            {"t", t}}));
    Reach("actor.replied", op);
  }
  SayLooks();
  return 0;
}

Reply Session::Nested(const std::string& op, const Value& value,
                      const std::function<Reply()>& body) {
  const int64_t call = next_nested_.fetch_sub(1);
  history_.Append(OpType::kInvoke, call, op, value);
  Reach("actor.begun", op);
  Reply reply = body();
  Reach("actor.done", op);
  LookAtLocks();
  history_.Append(reply.type, call, op, reply.value);
  Reach("actor.recorded", op);
  return reply;
}

void Session::LookAtLocks() {
  if (!locks_) return;
  const faults::locks::LookResult look = locks_->Look();
  ++looks_;
  judged_ += look.judged;
  std::vector<faults::locks::Believed> missing;
  if (!look.missing.empty()) {
    const std::lock_guard lock(looking_);
    for (const faults::locks::Believed& believed : look.missing) {
      if (told_.insert(believed.lock.serial).second) missing.push_back(believed);
    }
  }
  for (Value& value : MissingLocks(missing)) Record("lock_missing", std::move(value));
}

void Session::SayLooks() {
  if (!locks_ || looks_ == 0) return;
  Record("locks_looked",
         Value::MakeObject(
             {{"process", process_}, {"looks", looks_.load()}, {"judged", judged_.load()}}));
}

void Session::Record(const std::string& event, Value value, int64_t t_ns) {
  history_.AppendAt(t_ns > 0 ? t_ns : NowNs(), OpType::kEvent, 0, event, std::move(value));
}

void Session::Tell(const std::string& event, Value value) {
  Send(Value::MakeObject({{"event", event}, {"value", value}, {"t", NowNs()}}));
  Record(event, std::move(value));
}

}  // namespace harness::actor
