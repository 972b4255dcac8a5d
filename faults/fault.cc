#include "faults/fault.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "faults/fs/file_systems.h"

namespace faults {
namespace {

enum LastingRule { kMaySay, kMustSay };

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool IsBlank(char c) { return c == ' ' || c == '\t'; }
bool IsWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c != '\0' && std::strchr("_.:*-", c) != nullptr);
}
// What may stand in a value without quotes.
bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f && c != '"' && c != '\\' && c != ';' && c != '=';
}

std::string Quote(std::string_view value) {
  if (!value.empty() && std::all_of(value.begin(), value.end(), IsPlain)) return std::string(value);
  std::string quoted = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      const char* digits = "0123456789abcdef";
      quoted += "\\x";
      quoted += digits[byte >> 4];
      quoted += digits[byte & 15];
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string List(const std::vector<std::string_view>& words) {
  std::string text;
  for (const auto word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

bool IsInteger(std::string_view text, int64_t least) {
  int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  return code == std::errc() && end == text.data() + text.size() && number >= least;
}

bool IsProbability(std::string_view text) {
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  return code == std::errc() && end == text.data() + text.size() && number >= 0 && number <= 1;
}

// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] =
          std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

bool IsHex(std::string_view text) {
  return !text.empty() && text.size() % 2 == 0 &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

bool Contains(const std::vector<std::string_view>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// What is wrong with the value, or nothing.
std::optional<std::string> BadValue(const FaultKey& key, std::string_view value) {
  const auto wrong = [&](const std::string& wanted) {
    return "'" + std::string(key.name) + "' takes " + wanted + ", not '" + std::string(value) + "'";
  };
  switch (key.type) {
    case ValueType::kText:
      break;
    case ValueType::kPositive:
      if (!IsInteger(value, 1)) return wrong("a whole number from 1");
      break;
    case ValueType::kNonNegative:
      if (!IsInteger(value, 0)) return wrong("a whole number from 0");
      break;
    case ValueType::kInteger:
      if (!IsInteger(value, INT64_MIN)) return wrong("a whole number");
      break;
    case ValueType::kProbability:
      if (!IsProbability(value)) return wrong("a number from 0 to 1");
      break;
    case ValueType::kErrno:
      if (ErrnoByName(value) == 0) return wrong("a name of errno such as EIO");
      break;
    case ValueType::kHex:
      if (!IsHex(value)) return wrong("bytes as pairs of hexadecimal digits");
      break;
    case ValueType::kChoice:
      if (!Contains(key.choices, value)) {
        return wrong("one of " + List(key.choices)) + " (nearest: '" +
               std::string(Nearest(value, key.choices)) + "')";
      }
      break;
    case ValueType::kChoiceList: {
      if (value == "none") break;
      std::vector<std::string_view> seen;
      for (const auto part : Split(value, ',')) {
        if (!Contains(key.choices, part) || Contains(seen, part)) {
          return wrong("some of " + List(key.choices) + ", each once, or none");
        }
        seen.push_back(part);
      }
      if (seen.empty() || value.back() == ',') {
        return wrong("some of " + List(key.choices) + ", each once, or none");
      }
      break;
    }
  }
  return std::nullopt;
}

// A cursor over the text; column() is what errors name.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  // One fault, up to ';', newline or the end.
  Result<Fault> One() {
    Fault fault;
    SkipBlanks();
    const size_t kind_at = at_;
    fault.kind = Word();
    if (fault.kind.empty()) return Fail(kind_at, "a fault kind must stand here");
    const FaultKind* kind = FindKind(fault.kind);
    if (kind == nullptr) {
      std::vector<std::string_view> names;
      for (const auto& known : AllFaultKinds()) names.push_back(known.name);
      return Fail(kind_at, "there is no fault kind '" + fault.kind + "' (nearest: '" +
                               std::string(Nearest(fault.kind, names)) + "')");
    }
    SkipBlanks();
    const size_t target_at = at_;
    fault.target = Word();
    if (fault.target.empty() || Peek() == '=') {
      return Fail(target_at, "after the kind a target must stand here, such as worker:1, db or *");
    }
    if (!AtBlankOrEnd()) return Unexpected();
    if (Status params = Params(*kind, fault); !params.ok()) return params.error();
    if (kind->must_say_lasting && fault.lasting == Lasting::kUnsaid) {
      return Fail(at_, "'" + fault.kind + "' must end in once or always");
    }
    return fault;
  }

  Result<std::vector<Fault>> All() {
    std::vector<Fault> faults;
    for (;;) {
      while (!AtEnd() && (IsBlank(Peek()) || IsSeparator(Peek()))) ++at_;
      if (AtEnd()) return faults;
      auto fault = One();
      if (!fault.ok()) return fault.error();
      faults.push_back(std::move(fault).value());
    }
  }

  [[nodiscard]] bool AtEnd() const { return at_ >= text_.size(); }
  Error Unexpected() { return Fail(at_, std::string("unexpected '") + Peek() + "'"); }

 private:
  static bool IsSeparator(char c) { return c == ';' || c == '\n'; }

  static const FaultKind* FindKind(std::string_view name) {
    for (const auto& kind : AllFaultKinds()) {
      if (kind.name == name) return &kind;
    }
    return nullptr;
  }

  [[nodiscard]] char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  [[nodiscard]] bool AtBlankOrEnd() const {
    return AtEnd() || IsBlank(Peek()) || IsSeparator(Peek());
  }
  void SkipBlanks() {
    while (!AtEnd() && IsBlank(Peek())) ++at_;
  }
  std::string Word() {
    const size_t from = at_;
    while (!AtEnd() && IsWordChar(Peek())) ++at_;
    return std::string(text_.substr(from, at_ - from));
  }

  Error Fail(size_t at, const std::string& sentence) const {
    return Error{"fault text", "", 0, "column " + std::to_string(at + 1) + ": " + sentence};
  }

  Status Params(const FaultKind& kind, Fault& fault) {
    for (;;) {
      SkipBlanks();
      if (AtEnd() || IsSeparator(Peek())) return {};
      const size_t key_at = at_;
      const std::string key = Word();
      if (fault.lasting != Lasting::kUnsaid) {
        return Fail(key_at, "once or always must be the last word");
      }
      if (Peek() != '=') {
        if (key == "once" || key == "always") {
          if (!AtBlankOrEnd()) return Unexpected();
          fault.lasting = key == "once" ? Lasting::kOnce : Lasting::kAlways;
          continue;
        }
        if (key.empty()) return Unexpected();
        return Fail(key_at, "'" + key + "' is neither key=value nor once or always");
      }
      if (!Contains(kind.keys, key)) {
        std::string sentence = "'" + fault.kind + "' has no key '" + key + "'";
        if (!kind.keys.empty()) {
          sentence += " (nearest: '" + std::string(Nearest(key, kind.keys)) + "')";
        }
        return Fail(key_at, sentence);
      }
      if (fault.Has(key)) return Fail(key_at, "'" + key + "' is there twice");
      ++at_;
      const size_t value_at = at_;
      auto value = Value();
      if (!value.ok()) return value.error();
      if (const auto bad = BadValue(KeyOf(kind, key), value.value())) return Fail(value_at, *bad);
      fault.params.emplace_back(key, std::move(value).value());
    }
  }

  Result<std::string> Value() {
    if (Peek() == '"') return Quoted();
    const size_t from = at_;
    while (!AtEnd() && IsPlain(Peek())) ++at_;
    if (at_ == from) return Fail(from, "a value must stand here; an empty one is written \"\"");
    if (!AtBlankOrEnd()) return Unexpected();
    return std::string(text_.substr(from, at_ - from));
  }

  Result<std::string> Quoted() {
    const size_t from = at_++;
    std::string value;
    while (!AtEnd() && Peek() != '"') {
      if (Peek() != '\\') {
        value += text_[at_++];
        continue;
      }
      const size_t escape_at = at_++;
      const char c = Peek();
      ++at_;
      if (c == '"' || c == '\\') {
        value += c;
      } else if (c == 'n') {
        value += '\n';
      } else if (c == 't') {
        value += '\t';
      } else if (c == 'x') {
        unsigned byte = 0;
        const std::string_view digits = text_.substr(std::min(at_, text_.size()), 2);
        const auto [end, code] =
            std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (digits.size() != 2 || code != std::errc() || end != digits.data() + 2) {
          return Fail(escape_at, "\\x needs two hexadecimal digits");
        }
        at_ += 2;
        value += static_cast<char>(byte);
      } else {
        return Fail(escape_at, "an escape is one of \\\" \\\\ \\n \\t \\xHH");
      }
    }
    if (AtEnd()) return Fail(from, "this quote is never closed");
    ++at_;
    if (!AtBlankOrEnd()) return Unexpected();
    return value;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::string Fault::Get(std::string_view key, std::string_view fallback) const {
  for (const auto& [name, value] : params) {
    if (name == key) return value;
  }
  return std::string(fallback);
}

bool Fault::Has(std::string_view key) const {
  return std::any_of(params.begin(), params.end(), [&](const auto& p) { return p.first == key; });
}

int64_t Fault::GetInt(std::string_view key, int64_t fallback) const {
  const std::string text = Get(key);
  int64_t number = fallback;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string Fault::Text() const {
  std::string text = kind + " " + target;
  for (const auto& [key, value] : params) text += " " + key + "=" + Quote(value);
  if (lasting == Lasting::kOnce) text += " once";
  if (lasting == Lasting::kAlways) text += " always";
  return text;
}

Result<Fault> ParseFault(std::string_view text) {
  Parser parser(text);
  auto fault = parser.One();
  if (fault.ok() && !parser.AtEnd()) return parser.Unexpected();
  return fault;
}

Result<std::vector<Fault>> ParseFaults(std::string_view text) { return Parser(text).All(); }

const std::vector<FaultKind>& AllFaultKinds() {
  static const std::vector<FaultKind> kinds = {
#define FAULT_KIND(name, lasting, keys, summary) \
  {#name, (lasting) == kMustSay, Split(keys, ' '), summary},
#include "faults/kinds.def"
#undef FAULT_KIND
  };
  return kinds;
}

const std::vector<FaultKey>& AllFaultKeys() {
  static const std::vector<FaultKey> keys = {
      {"at", ValueType::kText, {}},
      {"nth", ValueType::kPositive, {}},
      {"p", ValueType::kProbability, {}},
      {"when", ValueType::kChoice, {"before", "after"}},
      {"for_ms", ValueType::kNonNegative, {}},
      {"code", ValueType::kNonNegative, {}},
      {"by",
       ValueType::kChoice,
       {"rename_over", "unlink_recreate", "copy_over", "rename_directory", "litestream_restore",
        "backup_swap", "backup_restore", "hard_link", "symlink", "move_away", "move_back"}},
      {"keep", ValueType::kChoice, {"prefix", "subset", "torn"}, "power_loss"},
      {"keep", ValueType::kChoiceList, {"wal", "shm", "journal"}},
      {"stale", ValueType::kChoiceList, {"wal", "shm", "journal"}},
      {"reuse_inode", ValueType::kChoice, {"yes", "no"}},
      {"atomic", ValueType::kChoice, {"yes", "no"}},
      {"counter", ValueType::kChoice, {"same"}},
      {"to", ValueType::kNonNegative, {}},
      {"offset", ValueType::kNonNegative, {}},
      {"as", ValueType::kChoice, {"hard", "symbolic"}},
      {"dir", ValueType::kText, {}},
      {"name", ValueType::kText, {}},
      {"path", ValueType::kText, {}},
      {"detail", ValueType::kText, {}},
      {"error", ValueType::kErrno, {}},
      {"bytes", ValueType::kHex, {}, "poke"},
      {"bytes", ValueType::kNonNegative, {}},
      {"by_s", ValueType::kInteger, {}},
      {"fs", ValueType::kChoice, FileSystemNames()},
      {"size_mib", ValueType::kPositive, {}},
      {"read_only", ValueType::kChoice, {"yes", "no"}},
      {"leave_kib", ValueType::kNonNegative, {}},
      {"to_s", ValueType::kInteger, {}},
  };
  return keys;
}

const FaultKey& KeyOf(const FaultKind& kind, std::string_view name) {
  const auto& keys = AllFaultKeys();
  // A test walks every kind of kinds.def through here, so the search always ends at an entry.
  return *std::find_if(keys.begin(), keys.end(), [&](const auto& key) {
    return key.name == name && (key.only_kind.empty() || key.only_kind == kind.name);
  });
}

int ErrnoByName(std::string_view name) {
  for (int error = 1; error < 4096; ++error) {
    const char* known = strerrorname_np(error);
    if (known != nullptr && name == known) return error;
  }
  return 0;
}

std::string_view Nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  size_t best_distance = SIZE_MAX;
  for (const auto candidate : candidates) {
    const size_t distance = EditDistance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace faults
