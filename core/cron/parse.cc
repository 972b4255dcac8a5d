// From text to an Expression (grammar in expression.h), with errors that point at the field and say
// what it may hold.
#include <iterator>
#include <string>

#include "core/cron/expression.h"

namespace honker {
namespace {

struct Field {
  const char* name;
  int low;
  int high;
  uint64_t CronFields::*bits;
};

constexpr Field kFields[] = {
    {"second", 0, 59, &CronFields::seconds}, {"minute", 0, 59, &CronFields::minutes},
    {"hour", 0, 23, &CronFields::hours},     {"day of month", 1, 31, &CronFields::days},
    {"month", 1, 12, &CronFields::months},   {"day of week", 0, 6, &CronFields::weekdays},
};

// A quotation that is safe in every message: text may hold NUL bytes, and be long.
std::string Quoted(std::string_view text) {
  constexpr size_t kLongest = 40;
  std::string quoted = "\"";
  for (const char c : text.substr(0, kLongest)) quoted += c >= ' ' && c <= '~' ? c : '?';
  if (text.size() > kLongest) quoted += "...";
  return quoted + "\"";
}

Error NoSchedule(const std::string& why) { return {1, "is no schedule: " + why}; }

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The words of a text, and how many; of more than there are fields only the number counts.
struct Words {
  explicit Words(std::string_view text) {
    for (size_t i = 0; i < text.size();) {
      if (IsSpace(text[i])) {
        ++i;
        continue;
      }
      size_t end = i;
      while (end < text.size() && !IsSpace(text[end])) ++end;
      if (count < std::size(kFields)) word[count] = text.substr(i, end - i);
      ++count;
      i = end;
    }
  }

  std::string_view word[std::size(kFields)];
  size_t count = 0;
};

// Digits only, no sign; nothing where it is none or does not fit into 64 bits.
std::optional<int64_t> Number(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  int64_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    if (__builtin_mul_overflow(number, 10, &number) ||
        __builtin_add_overflow(number, c - '0', &number)) {
      return std::nullopt;
    }
  }
  return number;
}

// One field; `number` is its place in the expression, from 1 up.
class FieldParser {
 public:
  FieldParser(const Field& field, int number) : field_(field), number_(number) {}

  Result<uint64_t> Parse(std::string_view text) const {
    uint64_t bits = 0;
    for (;;) {
      const size_t comma = text.find(',');
      const Result<uint64_t> item = Item(text.substr(0, comma));
      if (!item.ok()) return item.error();
      bits |= item.value();
      if (comma == std::string_view::npos) return bits;
      text.remove_prefix(comma + 1);
    }
  }

 private:
  Error Complaint(const std::string& problem, std::string_view got) const {
    return NoSchedule("field " + std::to_string(number_) + " (" + field_.name + ") " + problem +
                      ", got " + Quoted(got));
  }

  Result<int> Value(std::string_view text) const {
    const std::optional<int64_t> value = Number(text);
    if (value && *value >= field_.low && *value <= field_.high) return static_cast<int>(*value);
    return Complaint(
        "must be within " + std::to_string(field_.low) + "-" + std::to_string(field_.high), text);
  }

  // `*`, `v` or `a-b`, each with an optional `/step`.
  Result<uint64_t> Item(std::string_view item) const {
    const size_t slash = item.find('/');
    const std::string_view range = item.substr(0, slash);
    const size_t dash = range.find('-');
    int first = field_.low;
    int last = field_.high;
    if (range != "*") {
      const Result<int> from = Value(range.substr(0, dash));
      if (!from.ok()) return from.error();
      first = from.value();
      if (dash != std::string_view::npos) {
        const Result<int> to = Value(range.substr(dash + 1));
        if (!to.ok()) return to.error();
        last = to.value();
      } else if (slash == std::string_view::npos) {
        last = first;
      }
    }
    if (first > last) return Complaint("must not run backwards", item);
    int64_t step = 1;
    if (slash != std::string_view::npos) {
      step = Number(item.substr(slash + 1)).value_or(0);
      if (step < 1) return Complaint("must have a step from 1 up", item);
    }
    uint64_t bits = 0;
    for (int64_t value = first; value <= last; value += step) {
      bits |= uint64_t{1} << value;
      if (step > last) break;  // the sum need not fit into 64 bits
    }
    return bits;
  }

  const Field& field_;
  int number_;
};

constexpr char kEvery[] = "@every takes a number from 1 up and one of s, m, h, d, got ";

Result<Expression> ParseEvery(std::string_view amount) {
  int64_t unit = 0;
  switch (amount.empty() ? '\0' : amount.back()) {
    case 's':
      unit = 1;
      break;
    case 'm':
      unit = 60;
      break;
    case 'h':
      unit = 3600;
      break;
    case 'd':
      unit = 86'400;
      break;
    default:
      return NoSchedule(kEvery + Quoted(amount));
  }
  const std::string_view digits = amount.substr(0, amount.size() - 1);
  const bool all_digits =
      !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
  const std::optional<int64_t> number = Number(digits);
  int64_t seconds = 0;
  if (all_digits && (!number || __builtin_mul_overflow(*number, unit, &seconds))) {
    return NoSchedule("as seconds, @every " + Quoted(amount) + " does not fit into 64 bits");
  }
  if (seconds < 1) return NoSchedule(kEvery + Quoted(amount));
  return Expression(Interval{seconds});
}

}  // namespace

Result<Expression> ParseExpression(std::string_view text) {
  const Words words(text);
  if (words.word[0] == "@every") return ParseEvery(words.count == 2 ? words.word[1] : text);
  if (words.count != 5 && words.count != 6) {
    return NoSchedule("it must have 5 or 6 fields, or be \"@every <n><unit>\", got " +
                      Quoted(text));
  }
  CronFields fields{.seconds = 1};
  const size_t left_out = std::size(kFields) - words.count;
  for (size_t i = 0; i < words.count; ++i) {
    const Field& field = kFields[i + left_out];
    const Result<uint64_t> bits = FieldParser(field, static_cast<int>(i) + 1).Parse(words.word[i]);
    if (!bits.ok()) return bits.error();
    fields.*field.bits = bits.value();
  }
  return Expression(CronExpression(fields));
}

}  // namespace honker
