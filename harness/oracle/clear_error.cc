#include "harness/oracle/clear_error.h"

#include <algorithm>
#include <optional>

#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

std::vector<Call> Of(const History& history, std::string_view name, std::string_view process) {
  std::vector<Call> calls = history.Calls(name);
  std::erase_if(calls, [&](const Call& call) { return call.invoke->process != process; });
  return calls;
}

std::string Message(const Call& call) { return PlainText(call.end->value["message"]); }

// Without the paths in it, which may hold any word.
std::string WithoutPaths(std::string message, const Value& paths) {
  for (const Value& path : paths.items()) {
    const std::string& text = path.Text();
    for (size_t at; !text.empty() && (at = message.find(text)) != std::string::npos;)
      message.erase(at, text.size());
  }
  return message;
}

// What a call that fails has to say one of.
bool IsClear(const std::string& message, const Value& place, const std::string& sqlite_said) {
  if (!sqlite_said.empty() && ContainsInAnyCase(message, sqlite_said)) return true;
  const std::string said = WithoutPaths(message, place["paths"]);
  return std::ranges::any_of(place["words"].items(), [&](const Value& word) {
    return ContainsInAnyCase(said, word.Text());
  });
}

// Whether a call has to work; empty where either will do.
using Must = std::optional<bool>;

// The contradiction in words, "" where there is none.
std::string Wrong(const Call& call, Must must, const Value& place, const std::string& sqlite_said) {
  if (call.ok()) return must == false ? "it works, where it cannot have" : "";
  if (must == true) return "it fails where it has to work: " + Message(call);
  if (IsClear(Message(call), place, sqlite_said)) return "";
  return "the error does not say what is wrong: \"" + Message(call) + "\"";
}

}  // namespace

Verdict CheckClearError(const History& history, const Expectation&) {
  int64_t errors = 0, worked = 0, lines = 0, files = 0;
  const auto figures = [&] {
    return Value::MakeObject(
        {{"errors", errors}, {"worked", worked}, {"stderr_lines", lines}, {"files", files}});
  };
  const std::vector<size_t> places = history.Events("place");
  const std::vector<size_t> folders = history.Events("folder");
  const std::vector<Call> loads = Of(history, "open", "caller:1");
  const std::vector<Call> bootstraps = Of(history, "exec", "caller:1");
  const std::vector<Call> opens = Of(history, "open", "control:1");
  const std::vector<Call> reads = Of(history, "exec", "control:1");
  if (places.size() != 1 || loads.size() != 1 || bootstraps.size() > 1)
    return Unknown("caller:1 did not try just once", figures());
  if (opens.empty()) return Unknown("control:1 did not try", figures());
  const Call& control = reads.empty() ? opens.front() : reads.front();
  if (control.in_doubt() || (reads.empty() && control.ok()))
    return Unknown("control:1 did not read", figures());
  if (folders.size() != 2) return Unknown("the folder was not listed twice", figures());

  const Value& place = history.ops()[places.front()].value;
  const std::string sqlite_said = control.ok() ? "" : Message(control);
  std::vector<Call> calls{loads.front()};
  calls.insert(calls.end(), bootstraps.begin(), bootstraps.end());
  for (size_t i = 0; i < calls.size(); ++i) {
    const Call& call = calls[i];
    if (call.in_doubt()) return Unknown("a call of caller:1 did not end", figures());
    ++(call.ok() ? worked : errors);
    Must must = i == 0 ? Must(control.ok() && place["loaded"].Bool()) : Must(false);
    if (i == 1 && place["bootstrapped"].Bool()) must = std::nullopt;
    const std::string wrong = Wrong(call, must, place, sqlite_said);
    if (wrong.empty()) continue;
    const std::string what = i == 0 ? "loading: " : "honker_bootstrap(): ";
    return Fail(what + wrong,
                {{places.front(), "nothing can be written here"},
                 {control.end_index, control.ok() ? "SQLite reads the database"
                                                  : "SQLite itself says: " + sqlite_said},
                 {call.end_index, what + wrong}},
                figures());
  }
  if (loads.front().ok() && bootstraps.empty())
    return Unknown("honker_bootstrap() was not tried", figures());

  for (size_t i : history.Events("stderr")) {
    if (history.ops()[i].value["process"].Text() != "caller:1" || ++lines < 2) continue;
    return Fail("more than one line on stderr", {{i, "caller:1 goes on talking"}}, figures());
  }
  const Value& before = history.ops()[folders.front()].value["files"];
  const Value& after = history.ops()[folders.back()].value["files"];
  files = static_cast<int64_t>(before.members().size());
  if (before != after) {
    return Fail("something was created, changed or left behind",
                {{folders.front(), "the folder before: " + before.Print()},
                 {folders.back(), "and after: " + after.Print()}},
                figures());
  }
  return Pass(errors > 0 ? Count(errors, "clear error") + ", and the folder as before"
                         : "it works without writing, and the folder is as before",
              figures());
}

}  // namespace harness
