#include "scenarios/binding.h"

namespace scenarios {

using harness::CellEnd;
using harness::CellVerdict;

void RequireBackend(Stage& stage, const std::string& program, const Value& answer) {
  if (answer["outcome"].Text() != "refused") return;
  throw CellEnd(CellVerdict::kAbsent, "actor \"" + program + "\" declines backend " +
                                          stage.Axis("backend") + ": " + answer["error"].Text());
}

void OpenBinding(Stage& stage, const std::string& program, Actor& actor) {
  RequireBackend(stage, program,
                 actor.Do("open", Value::MakeObject({{"path", stage.Db()},
                                                     {"journal", stage.Axis("journal")},
                                                     {"backend", stage.Axis("backend")}})));
}

int64_t Listen(Actor& actor, const std::string& channel) {
  return actor.Do("listen", Value::MakeObject({{"channel", channel}}))["sub"].Int();
}

Value NotifyCommand(const std::string& channel, const std::string& payload, bool rollback) {
  return Value::MakeObject(
      {{"channel", channel}, {"payload", payload}, {"rollback", rollback}, {"json", true}});
}

void Notify(Actor& actor, const std::string& channel, const std::string& payload, bool rollback) {
  actor.Do("notify", NotifyCommand(channel, payload, rollback));
}

void AwaitNotified(Actor& actor, int64_t listener, const std::string& payload) {
  actor.Do("await_notified", Value::MakeObject({{"sub", listener}, {"payload", payload}}));
}

Actor& StartNotifier(Stage& stage, const std::string& program, const std::string& process) {
  if (!stage.environment().subject.HasFunction("notify")) stage.Absent("function notify");
  Actor& notifier = stage.StartProgram(program, process);
  notifier.Do("open_queue",
              Value::MakeObject(
                  {{"path", stage.Db()}, {"journal", stage.Axis("journal")}, {"create", true}}));
  return notifier;
}

}  // namespace scenarios
