// Short ways to say a verdict, and the words that proofs share.
#ifndef HARNESS_ORACLE_VERDICTS_H_
#define HARNESS_ORACLE_VERDICTS_H_

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/oracle/oracle.h"

namespace harness {

inline Verdict Pass(std::string reason, Value figures) {
  return Verdict{Outcome::kPass, std::move(reason), {}, std::move(figures)};
}

// `reason` names the evidence that is missing.
inline Verdict Unknown(std::string reason, Value figures) {
  return Verdict{Outcome::kUnknown, std::move(reason), {}, std::move(figures)};
}

// `proof` ends in the contradiction.
inline Verdict Fail(std::string reason, std::vector<ProofStep> proof, Value figures) {
  return Verdict{Outcome::kFail, std::move(reason), std::move(proof), std::move(figures)};
}

// "1 commit", "2 commits": the noun takes a plain s.
inline std::string Count(int64_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

// Text as processes wrote it, also where it travelled as {"b64": ...}.
inline std::string PlainText(const Value& value) {
  const Result<std::string> text = DecodeBytes(value);
  return text.ok() ? text.value() : "";
}

inline bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The same where A and a are one letter.
inline bool ContainsInAnyCase(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  };
  // Not std::ranges::search: clang 14 cannot compile the subrange that libstdc++ 12 returns.
  const auto found = std::search(text.begin(), text.end(), part.begin(), part.end(), same);
  return found != text.end() || part.empty();
}

}  // namespace harness

#endif  // HARNESS_ORACLE_VERDICTS_H_
