// Hand-written histories of `call` ops. Tests only.
#ifndef HARNESS_ORACLE_CALL_BUILDER_H_
#define HARNESS_ORACLE_CALL_BUILDER_H_

#include <string>
#include <vector>

#include "harness/oracle/history_builder.h"

namespace harness {

// The database's clock is `now_s`, and stands still unless told otherwise.
struct CallBuilder {
  CallBuilder& Call(const std::string& process, const std::string& function,
                    std::vector<Value> arguments, const Value& answer, bool rollback = false) {
    Begin(process, function, std::move(arguments), rollback);
    return End(process, answer);
  }
  // Two steps, for calls that overlap. The call takes place between `now_s` at its beginning and at
  // its end.
  CallBuilder& Begin(const std::string& process, const std::string& function,
                     std::vector<Value> arguments, bool rollback = false) {
    from_s[process] = now_s;
    h.After(1).Process(process).Invoke("call", Obj({{"function", function},
                                                    {"arguments", List(std::move(arguments))},
                                                    {"rollback", rollback}}));
    return *this;
  }
  CallBuilder& End(const std::string& process, const Value& answer) {
    h.After(1).Process(process).Ok(
        Obj({{"answer", answer}, {"from", from_s[process]}, {"to", now_s}}));
    return *this;
  }
  CallBuilder& Fails(const std::string& process, const std::string& message) {
    h.After(1).Process(process).Fail(Obj({{"code", 5}, {"message", message}}));
    return *this;
  }
  CallBuilder& At(int64_t second) {
    now_s = second;
    return *this;
  }

  HistoryBuilder h;
  int64_t now_s = 1000;
  std::map<std::string, int64_t> from_s;
};

}  // namespace harness

#endif  // HARNESS_ORACLE_CALL_BUILDER_H_
