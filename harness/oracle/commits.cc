#include "harness/oracle/commits.h"

namespace harness {

std::string Commit::Text() const {
  return call.invoke->process + " commits mark " + writer + "=" + std::to_string(seq);
}

std::vector<Commit> Commits(const History& history) {
  std::vector<Commit> commits;
  for (const Call& call : history.Calls("commit")) {
    const Value& writer = call.invoke->value["writer"];
    commits.push_back({.call = call,
                       .writer = writer.is_text() ? writer.Text() : std::to_string(writer.Int()),
                       .seq = call.invoke->value["seq"].Int()});
  }
  return commits;
}

}  // namespace harness
