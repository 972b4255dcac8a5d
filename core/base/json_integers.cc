#include "core/base/json_integers.h"

#include <charconv>
#include <string>
#include <system_error>

namespace honker {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // Skips white space, then `c` where it comes next.
  bool Take(char c) {
    SkipSpace();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool AtEnd() {
    SkipSpace();
    return at_ == text_.size();
  }

  Result<int64_t> Integer() {
    SkipSpace();
    const size_t start = at_;
    if (At('-')) ++at_;
    const size_t digits = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    const bool leading_zero = at_ - digits > 1 && text_[digits] == '0';
    if (at_ == digits || leading_zero || At('.') || At('e') || At('E')) {
      at_ = start;
      return Problem("an integer");
    }
    int64_t value = 0;
    const auto read = std::from_chars(text_.data() + start, text_.data() + at_, value);
    if (read.ec == std::errc()) return value;
    return Error{1,
                 "the number at byte " + std::to_string(start + 1) + " does not fit into 64 bits"};
  }

  Error Problem(const char* expected) const {
    const std::string_view found = at_ == text_.size() ? "the end" : "something else";
    return {1, std::string(expected) + " is expected at byte " + std::to_string(at_ + 1) +
                   ", where there is " + std::string(found)};
  }

 private:
  bool At(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void SkipSpace() {
    while (At(' ') || At('\t') || At('\n') || At('\r')) ++at_;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

Result<std::vector<int64_t>> ParseJsonIntegers(std::string_view text) {
  Reader reader(text);
  std::vector<int64_t> integers;
  if (!reader.Take('[')) return reader.Problem("'['");
  if (!reader.Take(']')) {
    do {
      const Result<int64_t> integer = reader.Integer();
      if (!integer.ok()) return integer.error();
      integers.push_back(integer.value());
    } while (reader.Take(','));
    if (!reader.Take(']')) return reader.Problem("',' or ']'");
  }
  if (!reader.AtEnd()) return reader.Problem("the end");
  return integers;
}

}  // namespace honker
